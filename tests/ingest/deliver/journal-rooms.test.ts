/** Spool and dead letters on a real file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { meterRef, type Reading } from '../../../src/lib/energy/reading.ts';
import { inTransaction } from '../../../src/lib/server/database.ts';
import type { RejectionReason } from '../../../ingest/decode/message.ts';
import { createDeadLetters, type DeadLetter } from '../../../ingest/deliver/dead-letters.ts';
import { createSpool } from '../../../ingest/deliver/spool.ts';
import { openJournal } from '../../../ingest/journal.ts';

const METER = meterRef('m', 'c', 'genset-1');

let folder: string;
let journal: DatabaseSync;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bluewatt-journal-'));
  journal = openJournal(folder);
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true });
});

function readings(count: number, at: number): Reading[] {
  return Array.from({ length: count }, (_, index) => ({
    meter: METER,
    at: at + index,
    values: { activePowerW: index },
  }));
}

function undone(work: () => void): void {
  expect(() => {
    inTransaction(journal, () => {
      work();
      throw new Error('undone');
    });
  }).toThrow('undone');
}

it('the journal is on disk with every commit, as nothing but a power cut could show', () => {
  const pragma = (name: string): unknown => Object.values(journal.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  const FULL = 2;
  expect([pragma('journal_mode'), pragma('synchronous')]).toEqual(['wal', FULL]);
});

describe('the spool', () => {
  it('comes back whole after a restart, and knows what it holds', () => {
    createSpool(journal, 1e6).append(readings(3, 1_000), 50);
    journal.close();
    journal = openJournal(folder);
    const spool = createSpool(journal, 1e6);
    expect(spool.oldest()).toEqual({ throughId: 1, readings: readings(3, 1_000) });
    expect(spool.status()).toMatchObject({ batches: 1, readings: 3, oldestSavedAt: 50 });
    expect(spool.holds({ meter: METER, at: 1_002, values: {} })).toBe(true);
    expect(spool.holds({ meter: METER, at: 1_003, values: {} })).toBe(false);
    expect(spool.holds({ meter: meterRef('m', 'c', 'other'), at: 1_000, values: {} })).toBe(false);
  });

  it('drains small batches together and large ones in parts, oldest first', () => {
    const spool = createSpool(journal, 1e9);
    for (let batch = 0; batch < 4; batch += 1) spool.append(readings(2_000, batch * 10_000), batch);
    spool.append(readings(12_000, 90_000), 4);
    const sizes: number[] = [];
    const oldest: (number | null)[] = [];
    for (let batch = spool.oldest(); batch !== undefined; batch = spool.oldest()) {
      sizes.push(batch.readings.length);
      oldest.push(spool.status().oldestSavedAt);
      spool.remove(batch.throughId);
    }
    expect(sizes).toEqual([4_000, 4_000, 5_000, 5_000, 2_000]);
    expect(oldest).toEqual([0, 2, 4, 4, 4]);
    expect(spool.status()).toEqual({ batches: 0, readings: 0, bytes: 0, oldestSavedAt: null });
  });

  it('knows after a start what it holds without reading a single batch', () => {
    createSpool(journal, 1e6).append([...readings(3, 1_000), ...readings(2, 500)], 50);
    // Whoever read this would fail.
    journal.exec("UPDATE spool SET body = x'ff'");
    const spool = createSpool(journal, 1e6);
    expect(spool.holds({ meter: METER, at: 1_002, values: {} })).toBe(true);
    expect(spool.holds({ meter: METER, at: 1_003, values: {} })).toBe(false);
    expect(spool.status().readings).toBe(5);
  });

  it('finds out what it holds of a version that did not note it', () => {
    createSpool(journal, 1e6).append(readings(3, 1_000), 50);
    journal.exec('DELETE FROM spool_newest');
    createSpool(journal, 1e6);
    const spool = createSpool(journal, 1e6);
    expect(spool.holds({ meter: METER, at: 1_002, values: {} })).toBe(true);
    expect(journal.prepare('SELECT meter, at FROM spool_newest').all()).toEqual([
      { meter: METER.key, at: 1_002 },
    ]);
  });

  it('forgets the instants of an earlier outage when the next begins', () => {
    const spool = createSpool(journal, 1e6);
    spool.append(readings(3, 90_000), 50);
    spool.remove(1);
    spool.append(readings(3, 1_000), 60);
    expect(spool.holds({ meter: METER, at: 50_000, values: {} })).toBe(false);
    expect(createSpool(journal, 1e6).holds({ meter: METER, at: 50_000, values: {} })).toBe(false);
  });

  it('notes again in the file what a failed append had noted in memory only', () => {
    const spool = createSpool(journal, 1e6);
    spool.append(readings(1, 1_000), 50);
    undone(() => {
      spool.append(readings(1, 5_000), 50);
    });
    spool.recount();
    spool.append(readings(1, 3_000), 50);
    for (const each of [spool, createSpool(journal, 1e6)]) {
      expect(each.holds({ meter: METER, at: 3_000, values: {} })).toBe(true);
      expect(each.holds({ meter: METER, at: 3_001, values: {} })).toBe(false);
    }
  });

  it('still holds what a failed removal left in it', () => {
    const spool = createSpool(journal, 1e6);
    spool.append(readings(1, 1_000), 50);
    undone(() => {
      spool.remove(1);
    });
    spool.recount();
    expect(spool.isEmpty()).toBe(false);
    expect(spool.holds({ meter: METER, at: 1_000, values: {} })).toBe(true);
  });

  it('forgets what a failed append did not leave', () => {
    const spool = createSpool(journal, 1e6);
    undone(() => {
      spool.append(readings(9, 1_000), 50);
    });
    spool.recount();
    expect(spool.status()).toEqual({ batches: 0, readings: 0, bytes: 0, oldestSavedAt: null });
    expect(spool.holds({ meter: METER, at: 1_000, values: {} })).toBe(false);
  });

  it('says when its limit is reached, and again when there is room', () => {
    const spool = createSpool(journal, 10);
    expect(spool.isFull()).toBe(false);
    spool.append(readings(50, 0), 1);
    expect(spool.isFull()).toBe(true);
    spool.remove(1);
    expect(spool.isFull()).toBe(false);
  });
});

describe('dead letters', () => {
  function letter(text: string, reason: RejectionReason = 'topic-unknown', topic = 't'): DeadLetter {
    const message = { topic, payload: Buffer.from(text), retain: false, receivedAt: 7 };
    return { message, reason, detail: `why: ${text}` };
  }

  it('keep the message whole, with the reason', () => {
    const letters = createDeadLetters(journal, 1e6);
    letters.add([letter('\u0000\u00ff binary'), letter('other', 'retained')]);
    expect(letters.list({ limit: 10, reason: 'topic-unknown' })).toEqual([
      {
        id: 1,
        ...letter('\u0000\u00ff binary'),
        message: { ...letter('').message, payload: expect.anything() as unknown },
      },
    ]);
    const [kept] = letters.list({ limit: 1 });
    expect(Buffer.from(kept?.message.payload ?? []).toString()).toBe('\u0000\u00ff binary');
    expect(letters.list({ limit: 10, afterId: 1 }).map(({ reason }) => reason)).toEqual(['retained']);
  });

  it('make room among those of the same reason only, the oldest first', () => {
    const letters = createDeadLetters(journal, 1_000);
    letters.add([letter('precious', 'store-refused')]);
    for (let index = 0; index < 50; index += 1) letters.add([letter(`chatter ${String(index)}`)]);
    const chatter = letters.list({ limit: 100, reason: 'topic-unknown' });
    expect(chatter.length).toBeGreaterThan(3);
    expect(chatter.at(-1)?.detail).toBe('why: chatter 49');
    expect(letters.discarded()).toBe(50 - chatter.length);
    expect(letters.list({ limit: 100, reason: 'store-refused' })).toHaveLength(1);
    for (const { bytes } of letters.counts()) expect(bytes).toBeLessThanOrEqual(1_000);
  });

  it('measure text beyond ASCII alike in memory and in the file', () => {
    const letters = createDeadLetters(journal, 2_000);
    // Measured in characters on the way out, memory would believe in ever more bytes and discard everything.
    for (let index = 0; index < 200; index += 1)
      letters.add([letter('é'.repeat(100), 'topic-unknown', 'ü'.repeat(50))]);
    expect(letters.list({ limit: 100 }).length).toBeGreaterThanOrEqual(3);
  });

  it('do not count what a failed transaction took back', () => {
    const letters = createDeadLetters(journal, 1_000);
    for (let index = 0; index < 20; index += 1) {
      undone(() => {
        letters.add([letter('x'.repeat(700))]);
      });
      letters.recount();
    }
    letters.add([letter('kept'), letter('kept too')]);
    expect(letters.list({ limit: 100 })).toHaveLength(2);
  });
});
