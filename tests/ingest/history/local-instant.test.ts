import { describe, expect, it } from 'vitest';
import { parseInstant } from '../../../ingest/history/local-instant.ts';

describe('An instant as people write it', () => {
  it('is read with its own offset, or as local time of the zone; a date is its first instant', () => {
    const at = (text: string, zone = 'Africa/Juba'): number => {
      const result = parseInstant(text, zone);
      if (!result.ok) throw new Error(result.problem);
      return result.at;
    };
    expect(at('2026-11-01T06:30:00Z')).toBe(Date.UTC(2026, 10, 1, 6, 30));
    expect(at('2026-11-01 08:30')).toBe(Date.UTC(2026, 10, 1, 6, 30));
    expect(at('2026-11-01T08:30:15.250')).toBe(Date.UTC(2026, 10, 1, 6, 30, 15, 250));
    expect(at('2026-11-01')).toBe(Date.UTC(2026, 9, 31, 22));
  });

  it('is refused where clocks went back over it or forward, with what to write', () => {
    expect(parseInstant('2026-10-24 23:30', 'Asia/Beirut')).toEqual({
      ok: false,
      problem:
        '2026-10-24T23:30:00 came twice in Asia/Beirut, when the clocks went back: write 2026-10-24T23:30:00+03:00 or 2026-10-24T23:30:00+02:00',
    });
    const skipped = parseInstant('2026-03-29 02:30', 'Europe/Zurich');
    expect(skipped.ok ? '' : skipped.problem).toMatch(
      /does not exist in Europe\/Zurich.*2026-03-29T01:30:00\+01:00/,
    );
  });

  it('is refused when it is none', () => {
    for (const text of [
      '',
      '01/11/2026',
      '2026-02-30',
      '2026-11-01 25:00',
      '2026-11-01 08:60',
      '1761980400',
    ]) {
      expect(parseInstant(text, 'UTC').ok, text).toBe(false);
    }
  });
});
