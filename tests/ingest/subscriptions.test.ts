import { describe, expect, it } from 'vitest';
import { openDatabase } from '#lib/server/database.ts';
import { JOURNAL_MIGRATIONS } from '../../ingest/journal.ts';
import { createSubscriptions, sessionName } from '../../ingest/subscriptions.ts';

describe('what the broker’s session is subscribed to', () => {
  it('is known to the next life, and a filter only goes when the broker has confirmed it', () => {
    const journal = openDatabase({ file: ':memory:', migrations: JOURNAL_MIGRATIONS });
    createSubscriptions(journal, 'a').note(['x/#', 'y/+']);
    createSubscriptions(journal, 'a').note(['y/+', 'z']);
    const next = createSubscriptions(journal, 'a');
    expect(next.standing()).toEqual(['x/#', 'y/+', 'z']);
    next.forget(['x/#']);
    expect(createSubscriptions(journal, 'a').standing()).toEqual(['y/+', 'z']);
    journal.close();
  });

  it('is another matter for another broker or client id', () => {
    const journal = openDatabase({ file: ':memory:', migrations: JOURNAL_MIGRATIONS });
    const url = 'mqtts://ada:hunter2@broker.example:8883';
    const here = sessionName(url, 'bluewatt-ingest');
    expect(here).toBe('bluewatt-ingest at broker.example:8883');
    createSubscriptions(journal, here).note(['x/#']);
    for (const other of [
      sessionName(url, 'other'),
      sessionName('mqtt://elsewhere.example', 'bluewatt-ingest'),
    ]) {
      expect(createSubscriptions(journal, other).standing()).toEqual([]);
    }
    journal.close();
  });

  it('is no reason to fail when the file cannot be written', () => {
    const journal = openDatabase({ file: ':memory:', migrations: JOURNAL_MIGRATIONS });
    const subscriptions = createSubscriptions(journal, 'a');
    journal.exec('PRAGMA query_only = ON');
    subscriptions.note(['x/#']);
    subscriptions.forget(['x/#']);
    expect(subscriptions.standing()).toEqual([]);
    journal.close();
  });
});
