import { describe, expect, it } from 'vitest';
import { parseMeterFilter, parsePeriod, parsePeriodAndStep } from '#lib/server/queries/parameters.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
const period = (query: string) => parsePeriod(new URLSearchParams(query), NOW);
const step = (query: string) => parsePeriodAndStep(new URLSearchParams(query), NOW);
const filter = (query: string) => parseMeterFilter(new URLSearchParams(query));

describe('the period', () => {
  it.each([
    ['', '2026-01-01', '2026-12-31'],
    ['from=2025-07-01&to=2026-06-30', '2025-07-01', '2026-06-30'],
    ['from=2025-07-01', '2025-07-01', '2025-12-31'],
    ['to=2025-06-30', '2025-01-01', '2025-06-30'],
    ['from=2026-11-24&to=2026-11-24', '2026-11-24', '2026-11-24'],
    ['from=2027-01-01&to=2027-12-31', '2027-01-01', '2027-12-31'],
    ['from=2024-02-29&to=2024-03-01&unheard-of=1', '2024-02-29', '2024-03-01'],
  ])('%j is %s to %s', (query, from, to) => {
    expect(period(query)).toEqual({ ok: true, value: { from, to } });
  });

  it.each([
    ['from=2026-02-30', 'DATE_INVALID', 'from'],
    ['to=2025-02-29', 'DATE_INVALID', 'to'],
    ['from=', 'DATE_INVALID', 'from'],
    ['from=yesterday', 'DATE_INVALID', 'from'],
    ['from=2026-01-01T00:00:00Z', 'DATE_INVALID', 'from'],
    ['from=__proto__', 'DATE_INVALID', 'from'],
    ['from=2026-1-1', 'DATE_INVALID', 'from'],
    [`to=${'9'.repeat(100_000)}`, 'DATE_INVALID', 'to'],
    ['from=1999-12-31', 'DATE_OUT_OF_RANGE', 'from'],
    ['to=9999-12-31', 'DATE_OUT_OF_RANGE', 'to'],
    ['from=2026-02-01&to=2026-01-31', 'PERIOD_REVERSED', 'from'],
    ['from=2026-01-01&from=2026-01-02', 'PARAMETER_REPEATED', 'from'],
  ])('%.60j is refused', (query, code, field) => {
    const result = period(query);
    expect(result).toMatchObject({ ok: false, problem: { code, field } });
    if (!result.ok) expect(result.problem.message.length).toBeLessThan(250);
  });
});

describe('the step', () => {
  it.each([
    ['from=2026-11-01&to=2026-11-04&step=15m', '15m'],
    ['from=2026-10-01&to=2026-10-16&step=1h', '1h'],
    ['from=2026-01-01&to=2026-12-31&step=1d', '1d'],
    ['from=2021-01-01&to=2026-12-31&step=1mo', '1mo'],
    ['', '1d'],
    ['from=2021-01-01&to=2026-12-31', '1mo'],
  ])('of %j is %s', (query, expected) => {
    expect(step(query)).toMatchObject({ ok: true, value: { step: expected } });
  });

  it.each([
    ['step=1w', 'STEP_INVALID', 'step'],
    ['step=', 'STEP_INVALID', 'step'],
    ['step=constructor', 'STEP_INVALID', 'step'],
    ['step=1d&step=1h', 'PARAMETER_REPEATED', 'step'],
    ['from=2026-11-01&to=2026-11-05&step=15m', 'PERIOD_TOO_LONG', 'step'],
    ['from=2026-10-01&to=2026-10-17&step=1h', 'PERIOD_TOO_LONG', 'step'],
    ['from=2025-01-01&to=2026-12-31&step=1d', 'PERIOD_TOO_LONG', 'step'],
    ['from=2026-11-31&step=1d', 'DATE_INVALID', 'from'],
  ])('%j is refused', (query, code, field) => {
    expect(step(query)).toMatchObject({ ok: false, problem: { code, field } });
  });
});

describe('the meter filter', () => {
  it('takes slugs, each optional', () => {
    expect(filter('')).toEqual({ ok: true, value: {} });
    expect(filter('mission=unmiss&camp=juba-un-house')).toEqual({
      ok: true,
      value: { mission: 'unmiss', camp: 'juba-un-house' },
    });
  });

  it.each([
    'mission=UNMISS',
    'mission=',
    'mission=__proto__',
    'mission=a%2Fb',
    'mission=-a',
    "mission=a'%20OR%201",
  ])('refuses %j', (query) => {
    expect(filter(query)).toMatchObject({ ok: false, problem: { code: 'SLUG_INVALID', field: 'mission' } });
  });
});
