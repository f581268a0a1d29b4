import { describe, expect, it } from 'vitest';
import {
  formatAge,
  formatBucket,
  formatClock,
  formatInstant,
  formatLocalDate,
  formatMonth,
} from '#lib/format/moment.ts';

const AT = Date.parse('2026-11-24T21:05:09Z');

describe('moments as people read them', () => {
  it('tells an instant in the time of the place, not of the reader', () => {
    expect(formatInstant(AT, { locale: 'en', zone: 'Africa/Juba' })).toBe('24 Nov 2026, 23:05');
    expect(formatInstant(AT, { locale: 'en', zone: 'Asia/Kabul' })).toMatch(/^25 Nov 2026/);
    expect(formatClock(AT, { locale: 'fr', zone: 'Africa/Juba' })).toBe('23:05:09');
  });

  it('never shifts a local date by a zone', () => {
    expect(formatLocalDate('2026-01-01', 'en')).toBe('1 Jan 2026');
    expect(formatLocalDate('2026-12-31', 'fr')).toBe('31 déc. 2026');
    expect(formatLocalDate('soon', 'en')).toBe('soon');
  });

  it('reads a bucket by its own wall clock, whatever its offset', () => {
    expect(formatBucket('2026-03-01T00:00:00+14:00', '1d', 'en')).toBe('1 Mar');
    expect(formatBucket('2026-03-01T00:00:00-11:00', '1mo', 'fr')).toBe('mars 2026');
    expect(formatBucket('2026-03-01T05:30:00+05:30', '1h', 'en')).toContain('05:30');
  });

  it('names the month of a local date', () => {
    expect(formatMonth('2026-02-28', 'en')).toBe('Feb');
    expect(formatMonth('2026-08-01', 'fr')).toBe('août');
  });

  it('tells ages in words and a clock ahead of ours as now', () => {
    expect(formatAge(3 * 60_000, 'en')).toBe('3 min ago');
    expect(formatAge(26 * 3_600_000, 'fr')).toMatch(/hier/);
    expect(formatAge(-5_000, 'en')).toBe('now');
  });
});
