import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseLocal,
  parseLocalPattern,
  ZoneClock,
  type LocalPattern,
} from '../../../ingest/decode/local-time.ts';
import { parseRfc3339 } from '../../../ingest/decode/rfc3339.ts';

describe('RFC 3339', () => {
  it.each([
    ['2026-11-01T00:00:00Z', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01t00:00:00z', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01T00:00:00.5Z', '2026-11-01T00:00:00.500Z'],
    ['2026-11-01T00:00:00.123999999999999Z', '2026-11-01T00:00:00.123Z'],
    ['2024-02-29T23:59:59+00:00', '2024-02-29T23:59:59.000Z'],
    ['2026-11-01T00:00:00-05:30', '2026-11-01T05:30:00.000Z'],
    ['2026-11-01T00:00:00-00:00', '2026-11-01T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.999Z'],
    ['2017-01-01T08:59:60+09:00', '2016-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, expected) => {
    expect(parseRfc3339(text)).toBe(Date.parse(expected));
  });

  it.each([
    '2026-02-30T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-11-01T24:00:00Z',
    '2026-11-01T00:60:00Z',
    '2026-11-01T12:00:60Z',
    '2026-11-01T00:00:00',
    '2026-11-01 00:00:00Z',
    '2026-11-01T00:00:00.Z',
    '2026-11-01T00:00:00+0200',
    '2026-11-01T00:00:00+24:00',
    '2026-11-01T00:00Z',
    '2026-11-01T00:00:00Zjunk',
    '2026-11-01T00:00:00+02:000',
    '26-11-01T00:00:00+02:00',
    '２０26-11-01T00:00:00Z',
    '2026/11/01T00:00:00Z',
    '',
  ])('%j is no instant', (text) => {
    expect(parseRfc3339(text)).toBeNaN();
  });

  it('agrees with Temporal on every instant that Temporal writes', () => {
    const offset = fc.integer({ min: -14 * 60, max: 14 * 60 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), offset, (at, minutes) => {
        const sign = minutes < 0 ? '-' : '+';
        const part = (n: number): string => String(n).padStart(2, '0');
        const size = Math.abs(minutes);
        const zone = `${sign}${part(Math.floor(size / 60))}:${part(size % 60)}`;
        const text = Temporal.Instant.fromEpochMilliseconds(at).toString({ timeZone: zone });
        expect(parseRfc3339(text)).toBe(at);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('local time', () => {
  const iso = compiled('yyyy-MM-ddTHH:mm:ss');

  it('is read in the order of its pattern', () => {
    expect(parseLocal(compiled('dd/MM/yyyy HH:mm:ss'), '02/03/2026 09:15:04')).toEqual({
      year: 2026,
      month: 3,
      day: 2,
      hour: 9,
      minute: 15,
      second: 4,
    });
  });

  it.each(['2026-02-30T00:00:00', '2026-03-02 09:15:04', '2026-3-2T9:15:04', '2026-03-02T09:15:04Z', ''])(
    '%j does not follow its pattern',
    (text) => {
      expect(parseLocal(iso, text)).toBeUndefined();
    },
  );

  it.each(['HH:mm', 'yyyy-MM-dd hh:mm a', 'unix'])('%j is no pattern', (text) => {
    expect(typeof parseLocalPattern(text)).toBe('string');
  });

  it.each([
    ['Africa/Juba', '2026-03-02T11:15:04', '2026-03-02T09:15:04Z'],
    // Clocks go forward at 02:00 on 29 March 2026 in Berlin, back at 03:00 on 25 October.
    ['Europe/Berlin', '2026-03-29T01:59:59', '2026-03-29T00:59:59Z'],
    ['Europe/Berlin', '2026-03-29T03:00:00', '2026-03-29T01:00:00Z'],
    ['Asia/Kathmandu', '2026-03-02T15:00:04', '2026-03-02T09:15:04Z'],
  ])('in %s %s means %s', (zone, text, expected) => {
    expect(instant(new ZoneClock(zone), text, Infinity)).toBe(Date.parse(expected));
  });

  it('takes an hour the clocks repeat for the later one that is not ahead of the receipt', () => {
    const clock = new ZoneClock('Europe/Berlin');
    const first = Date.parse('2026-10-25T00:30:00Z');
    const second = Date.parse('2026-10-25T01:30:00Z');
    expect(instant(clock, '2026-10-25T02:30:00', first + 600_000)).toBe(first);
    expect(instant(clock, '2026-10-25T02:30:00', second + 600_000)).toBe(second);
  });

  function instant(clock: ZoneClock, text: string, latestAt: number): number | undefined {
    const civil = parseLocal(iso, text);
    return civil && clock.toInstant(civil, latestAt);
  }

  function compiled(text: string): LocalPattern {
    const pattern = parseLocalPattern(text);
    if (typeof pattern === 'string') throw new Error(pattern);
    return pattern;
  }
});
