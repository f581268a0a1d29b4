import { describe, expect, it } from 'vitest';
import { staleness, type MeterSilence } from '#lib/energy/silence.ts';

const MINUTE = 60_000;
const LAST_AT = Date.parse('2026-03-02T09:15:00Z');
const meter = { lastAt: LAST_AT, expectedIntervalS: undefined, known: undefined };
const gone: MeterSilence = { silent: { since: LAST_AT + MINUTE, cause: 'last-will' }, expireAfterMs: null };

describe('A meter’s silence', () => {
  it('begins when its last value no longer holds: after three expected intervals, at least five minutes', () => {
    expect(staleness(meter, LAST_AT + 5 * MINUTE)).toBeNull();
    expect(staleness(meter, LAST_AT + 5 * MINUTE + 1)).toEqual({
      since: LAST_AT + 5 * MINUTE,
      cause: 'overdue',
    });
    expect(staleness({ ...meter, expectedIntervalS: 900 }, LAST_AT + 44 * MINUTE)).toBeNull();
  });

  it('begins later for a device that publishes only what changes', () => {
    const known = { silent: null, expireAfterMs: 15 * MINUTE };
    expect(staleness({ ...meter, known }, LAST_AT + 15 * MINUTE)).toBeNull();
    expect(staleness({ ...meter, known }, LAST_AT + 16 * MINUTE)?.since).toBe(LAST_AT + 15 * MINUTE);
  });

  it('begins at once when its device is known to have gone, and ends with its next reading', () => {
    expect(staleness({ ...meter, known: gone }, LAST_AT + 2 * MINUTE)).toEqual(gone.silent);
    expect(
      staleness({ ...meter, lastAt: LAST_AT + MINUTE + 1, known: gone }, LAST_AT + 2 * MINUTE),
    ).toBeNull();
  });
});
