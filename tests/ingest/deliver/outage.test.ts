import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/lib/server/errors.ts';
import {
  afterFailure,
  afterSpooling,
  mustSpool,
  NO_OUTAGE,
  untilNextTry,
  type Outage,
} from '../../../ingest/deliver/outage.ts';

const passing = new AppError('STORE_UNAVAILABLE', '503', { retryable: true });
const toMend = new AppError('STORE_REFUSED', '401', { retryable: false });
const question = { now: 10_000, isPressed: false, spoolAfterMs: 5_000 };

describe('the outage policy', () => {
  it('waits at first, counting from the first failure in a row', () => {
    const first = afterFailure(NO_OUTAGE, passing, 1_000);
    expect(first).toEqual({ state: 'waiting', since: 1_000 });
    expect(afterFailure(first, passing, 4_000)).toEqual(first);
  });

  it('spools after five seconds, or at once when too much is in hand', () => {
    const outage: Outage = { state: 'waiting', since: 5_001 };
    expect(mustSpool(outage, question)).toBe(false);
    expect(mustSpool(outage, { ...question, now: 10_001 })).toBe(true);
    expect(mustSpool(outage, { ...question, isPressed: true })).toBe(true);
  });

  it('goes on spooling until the store takes a write', () => {
    const spooling = afterSpooling({ state: 'waiting', since: 1_000 });
    expect(spooling).toEqual({ state: 'spooling', since: 1_000 });
    expect(afterFailure(spooling, passing, 9_000)).toEqual(spooling);
    expect(mustSpool(spooling, question)).toBe(true);
  });

  it.each([toMend, new TypeError('unforeseen')])('holds for what a person has to mend: %s', (fault) => {
    for (const before of [
      NO_OUTAGE,
      { state: 'waiting', since: 1 },
      { state: 'spooling', since: 1 },
    ] as const) {
      const held = afterFailure(before, fault, 7);
      expect(held).toMatchObject({ state: 'held', fault });
      expect(mustSpool(held, { ...question, isPressed: true, now: 1e12 })).toBe(false);
    }
  });

  it('waits again once the fault is one that passes', () => {
    expect(afterFailure({ state: 'held', since: 3, fault: toMend }, passing, 9)).toEqual({
      state: 'waiting',
      since: 3,
    });
  });

  it.each(['DISK_FULL', 'DISK_FAILING'] as const)(
    'asks the store next when the spool failed with %s, and then the spool again',
    (code) => {
      const noRoom = new AppError(code, 'no room', { retryable: true });
      const pressed = { ...question, isPressed: true, now: 1e12 };
      for (const before of [
        { state: 'waiting', since: 1 },
        { state: 'spooling', since: 1 },
      ] as const) {
        const failed = afterFailure(before, noRoom, 7);
        expect(failed).toMatchObject(before);
        expect(mustSpool(failed, pressed)).toBe(false);
        expect(mustSpool(afterFailure(failed, passing, 8), pressed)).toBe(true);
      }
    },
  );

  it('sees no outage in a batch that had to queue behind older values', () => {
    expect(afterSpooling(NO_OUTAGE)).toEqual(NO_OUTAGE);
  });

  it('never sleeps past the moment at which spooling begins', () => {
    const wait = { delayMs: 30_000, now: 2_000, spoolAfterMs: 5_000 };
    expect(untilNextTry({ state: 'waiting', since: 1_000 }, wait)).toBe(4_000);
    expect(untilNextTry({ state: 'waiting', since: 1_000 }, { ...wait, now: 8_000 })).toBe(30_000);
    expect(untilNextTry({ state: 'held', since: 1_000, fault: toMend }, wait)).toBe(30_000);
  });
});
