import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  addMonths,
  calendarYear,
  countDays,
  dayRange,
  daysBetween,
  isLocalDate,
  isZone,
  localDateOf,
  monthPeriod,
  monthRange,
  monthsBetween,
  periodRange,
  startOfDay,
  toLocalTimestamp,
  unBudgetYear,
  unBudgetYearOf,
  yearBefore,
} from '#lib/energy/calendar.ts';

const HOUR = 3_600_000;
const ZONES = [
  'UTC',
  'Africa/Juba',
  'Africa/Bangui',
  'Asia/Beirut',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Europe/London',
  'America/New_York',
  'America/Port-au-Prince',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
];

function hours(date: string, zone: string): number {
  const { from, to } = dayRange(date, zone);
  return (to - from) / HOUR;
}

describe('local days', () => {
  it.each([
    ['Africa/Juba', '2026-03-29', 24],
    ['Europe/London', '2026-03-29', 23],
    ['Europe/London', '2026-10-25', 25],
    ['Australia/Lord_Howe', '2026-10-04', 23.5],
    ['Australia/Lord_Howe', '2026-04-05', 24.5],
    ['Asia/Beirut', '2026-03-29', 23],
    ['Asia/Beirut', '2026-10-24', 25],
  ])('in %s, %s has %d hours', (zone, date, expected) => {
    expect(hours(date, zone)).toBe(expected);
  });

  it('begins after a midnight that does not exist', () => {
    expect(toLocalTimestamp(startOfDay('2026-03-29', 'Asia/Beirut'), 'Asia/Beirut')).toBe(
      '2026-03-29T01:00:00+03:00',
    );
    expect(localDateOf(startOfDay('2026-03-29', 'Asia/Beirut') - 1, 'Asia/Beirut')).toBe('2026-03-28');
  });

  it('knows three local dates inside one UTC day when a short day lies in it', () => {
    const at = (time: string) => localDateOf(Date.parse(`2026-03-29T${time}Z`), 'Europe/London');
    expect([at('00:00:00'), at('22:59:59.999'), at('23:00:00')]).toEqual([
      '2026-03-29',
      '2026-03-29',
      '2026-03-30',
    ]);
  });

  it('gives zones with 45 minute offsets their own midnight', () => {
    expect(startOfDay('2026-11-24', 'Asia/Kathmandu')).toBe(Date.parse('2026-11-23T18:15:00Z'));
  });

  it('agree with the date of every instant in them, in every zone', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2040-01-01') }),
        (zone, at) => {
          const date = localDateOf(at, zone);
          const { from, to } = dayRange(date, zone);
          expect(from <= at && at < to).toBe(true);
          const plain = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate();
          expect(date).toBe(plain.toString());
        },
      ),
    );
  });

  it('follow each other without gap or overlap, so that days make up months and years', () => {
    for (const zone of ZONES) {
      const year = periodRange(calendarYear(2026), zone);
      const days = daysBetween(calendarYear(2026)).map((date) => dayRange(date, zone));
      expect(days.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(year.to - year.from);
      const months = monthsBetween('2026-01', '2026-12').map((month) => monthRange(month, zone));
      expect(months.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(year.to - year.from);
    }
  });
});

describe('dates', () => {
  it.each([
    '2026-02-30',
    '2026-13-01',
    '2025-02-29',
    '2026-1-1',
    '26-01-01',
    '2026-01-01T00:00',
    '',
    '2026-00-10',
    ' 2026-01-01',
  ])('does not take %j for a date', (text) => {
    expect(isLocalDate(text)).toBe(false);
  });

  it.each(['2024-02-29', '2026-12-31'])('takes %s for a date', (text) => {
    expect(isLocalDate(text)).toBe(true);
  });

  it('step over leap days and year ends', () => {
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
    expect(addMonths('2026-01', -1)).toBe('2025-12');
    expect(addMonths('2025-11', 14)).toBe('2027-01');
    expect(monthPeriod('2024-02')).toEqual({ from: '2024-02-01', to: '2024-02-29' });
  });

  it('are counted inclusively', () => {
    expect(countDays({ from: '2026-01-01', to: '2026-12-31' })).toBe(365);
    expect(countDays({ from: '2026-01-02', to: '2026-01-01' })).toBe(0);
    expect(daysBetween({ from: '2026-01-03', to: '2026-01-01' })).toEqual([]);
  });
});

describe('the UN budget year', () => {
  it('runs from 1 July to 30 June', () => {
    expect(unBudgetYear(2025)).toEqual({ from: '2025-07-01', to: '2026-06-30' });
    expect(unBudgetYearOf('2026-06-30')).toBe(2025);
    expect(unBudgetYearOf('2026-07-01')).toBe(2026);
  });
});

describe('the year before', () => {
  it('is the same date, and of 29 February the 28th', () => {
    expect(yearBefore('2026-11-24')).toBe('2025-11-24');
    expect(yearBefore('2024-02-29')).toBe('2023-02-28');
    expect(yearBefore('2025-02-28')).toBe('2024-02-28');
  });
});

describe('zones', () => {
  it('are IANA names, and nothing else', () => {
    expect(isZone('Africa/Juba')).toBe(true);
    expect(isZone('Africa/Nowhere')).toBe(false);
    expect(() => startOfDay('2026-01-01', 'Africa/Nowhere')).toThrow(RangeError);
  });
});
