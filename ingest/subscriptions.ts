/**
 * What the broker's session of ours may be subscribed to. The session outlives the worker, so a filter that an older
 * `MQTT_TOPICS` or registry asked for would go on bringing messages until somebody unsubscribes it: each is written
 * down before it is asked for, and crossed out only when the broker has confirmed that it is gone.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { inTransaction, type Row } from '#lib/server/database.ts';
import type { Subscriptions } from './sources/source.ts';

/** @param session which session at which broker: {@link sessionName} */
export function createSubscriptions(journal: DatabaseSync, session: string): Subscriptions {
  const read = journal.prepare('SELECT filter FROM subscription WHERE session = ? ORDER BY filter');
  const add = journal.prepare('INSERT OR IGNORE INTO subscription (session, filter) VALUES (?, ?)');
  const remove = journal.prepare('DELETE FROM subscription WHERE session = ? AND filter = ?');
  const standing = (): string[] => (read.all(session) as Row[]).map(({ filter }) => String(filter));

  function runEach(statement: StatementSync, filters: readonly string[]): void {
    if (filters.length === 0) return;
    try {
      inTransaction(journal, () => {
        for (const filter of filters) statement.run(session, filter);
      });
    } catch {
      // No reason to take no messages: at worst an old filter stays. Delivery tells of a file that can't be written.
    }
  }

  return {
    standing,
    note(filters) {
      const known = new Set(standing());
      runEach(
        add,
        filters.filter((filter) => !known.has(filter)),
      );
    },
    forget(filters) {
      runEach(remove, filters);
    },
  };
}

/** A session belongs to a client id at a broker; the user and password in its URL are nobody's business. */
export function sessionName(url: string, clientId: string): string {
  return `${clientId} at ${new URL(url).host}`;
}
