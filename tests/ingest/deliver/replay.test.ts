import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inTransaction } from '#lib/server/database.ts';
import type { InboundMessage, RejectionReason } from '../../../ingest/decode/message.ts';
import { createDeadLetters, type DeadLetters } from '../../../ingest/deliver/dead-letters.ts';
import { LetterReplay, requestReplay } from '../../../ingest/deliver/replay.ts';
import { openJournal } from '../../../ingest/journal.ts';

const RECEIVED_AT = Date.parse('2026-03-01T08:00:00Z');

function letter(topic: string, reason: RejectionReason) {
  const message: InboundMessage = {
    topic,
    payload: Buffer.from('{}'),
    retain: false,
    receivedAt: RECEIVED_AT,
  };
  return { message, reason, detail: 'as it was' };
}

describe('replaying dead letters', () => {
  let folder: string;
  let journal: ReturnType<typeof openJournal>;
  let letters: DeadLetters;
  let replay: LetterReplay;
  const inJournal = (work: () => void) => {
    inTransaction(journal, work);
  };
  const topics = () => letters.list({ limit: 100 }).map(({ message }) => message.topic);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bluewatt-replay-'));
    journal = openJournal(folder);
    letters = createDeadLetters(journal, 1_000_000);
    replay = new LetterReplay({ journal, letters, inJournal });
    inJournal(() => {
      letters.add([
        letter('camp/shelly/status/em:0', 'device-unassigned'),
        letter('bluewatt/m/c/g/reading', 'payload-not-json'),
        letter('camp/shelly/status/em:1', 'device-unassigned'),
      ]);
    });
  });

  afterEach(() => {
    journal.close();
    rmSync(folder, { recursive: true });
  });

  test('hands over only the reason asked for, in order, with the time the messages came in', () => {
    expect(requestReplay(journal, 'device-unassigned')).toBe(2);
    const handed: InboundMessage[] = [];
    replay.round((message) => handed.push(message));
    expect(handed.map(({ topic, receivedAt }) => [topic, receivedAt])).toEqual([
      ['camp/shelly/status/em:0', RECEIVED_AT],
      ['camp/shelly/status/em:1', RECEIVED_AT],
    ]);
  });

  test('removes a letter only after delivery has settled it', () => {
    requestReplay(journal);
    const settles: (() => void)[] = [];
    replay.round((_, settled) => settles.push(settled));
    settles.slice(0, 2).forEach((settle) => {
      settle();
    });
    expect(topics()).toHaveLength(3);
    settles[2]?.();
    expect(topics()).toEqual([]);
  });

  test('does not hand a letter over twice while it is under way, and does after a crash', () => {
    requestReplay(journal);
    let handed = 0;
    replay.round(() => (handed += 1));
    replay.round(() => (handed += 1));
    expect(handed).toBe(3);
    new LetterReplay({ journal, letters, inJournal }).round(() => (handed += 1));
    expect(handed).toBe(6);
  });

  test('keeps the new letter of a message that is rejected again, and does not replay that one by itself', () => {
    requestReplay(journal, 'payload-not-json');
    const rejectAgain = (message: InboundMessage, settled: () => void) => {
      inJournal(() => {
        letters.add([{ message, reason: 'payload-not-json', detail: 'still not JSON' }]);
      });
      settled();
    };
    replay.round(rejectAgain);
    const kept = letters.list({ reason: 'payload-not-json', limit: 10 });
    expect(kept.map(({ detail }) => detail)).toEqual(['still not JSON']);
    let handed = 0;
    replay.round(() => (handed += 1));
    expect(handed).toBe(0);
  });

  test('asking twice asks once', () => {
    expect(requestReplay(journal)).toBe(3);
    expect(requestReplay(journal)).toBe(0);
  });
});
