/** What was changed about people and their access, by whom, when: added to `access.db` and never changed. */
import type { DatabaseSync } from 'node:sqlite';
import type { AccessAction } from '../../registry/audited.ts';
import type { Row } from '../database.ts';

export interface AccessEvent {
  /** epoch ms */
  readonly at: number;
  readonly actor: string;
  readonly action: AccessAction;
  readonly subject: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface AccessRecord {
  note(event: Omit<AccessEvent, 'at'>): void;
  /** newest first */
  events(limit: number): readonly AccessEvent[];
}

const textOrNull = (value: Row[string] | undefined) =>
  value === null || value === undefined ? null : String(value);

export function createAccessRecord(database: DatabaseSync): AccessRecord {
  const add = database.prepare(
    'INSERT INTO access_event (at, actor, action, subject, before, after) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const newest = database.prepare('SELECT * FROM access_event ORDER BY id DESC LIMIT ?');
  return {
    note({ actor, action, subject, before, after }) {
      add.run(Date.now(), actor, action, subject, before, after);
    },
    events: (limit) =>
      (newest.all(limit) as Row[]).map((row) => ({
        at: Number(row['at']),
        actor: String(row['actor']),
        action: String(row['action']) as AccessEvent['action'],
        subject: String(row['subject']),
        before: textOrNull(row['before']),
        after: textOrNull(row['after']),
      })),
  };
}
