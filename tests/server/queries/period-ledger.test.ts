import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, daysBetween, monthPeriod, monthsBetween } from '#lib/energy/calendar.ts';
import { ledgerParts } from '#lib/server/queries/period-ledger.ts';

describe('reading a period', () => {
  it.each([
    ['a year', '2026-01-01', '2026-12-31', ['month 2026-01..2026-12']],
    ['a day', '2026-11-24', '2026-11-24', ['day 2026-11-24..2026-11-24']],
    ['a month', '2026-02-01', '2026-02-28', ['month 2026-02..2026-02']],
    ['most of a month', '2026-02-01', '2026-02-27', ['day 2026-02-01..2026-02-27']],
    ['parts of two months', '2026-01-02', '2026-02-27', ['day 2026-01-02..2026-02-27']],
    [
      'the end of a year',
      '2025-12-31',
      '2026-01-31',
      ['day 2025-12-31..2025-12-31', 'month 2026-01..2026-01'],
    ],
    [
      'whole months between two edges',
      '2025-12-15',
      '2026-04-10',
      ['day 2025-12-15..2025-12-31', 'month 2026-01..2026-03', 'day 2026-04-01..2026-04-10'],
    ],
    ['nothing', '2026-02-01', '2026-01-01', []],
  ])('of %s takes as few rows as it can', (_, from, to, expected) => {
    expect(ledgerParts({ from, to }).map((part) => `${part.level} ${part.from}..${part.to}`)).toEqual(
      expected,
    );
  });

  it('covers each of its days once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 900 }), (start, length) => {
        const period = { from: addDays('2020-01-01', start), to: addDays('2020-01-01', start + length) };
        const read = ledgerParts(period).flatMap((part) =>
          part.level === 'day'
            ? daysBetween(part)
            : monthsBetween(part.from, part.to).flatMap((month) => daysBetween(monthPeriod(month))),
        );
        expect(read).toEqual(daysBetween(period));
      }),
    );
  });
});
