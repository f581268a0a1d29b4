/**
 * The query parameters of /api/v1 and of the pages: read strictly, so that a mistyped one is told instead of
 * being guessed at. A bad parameter is a value: code, message and the field it stands in.
 */
import { calendarYear, countDays, isLocalDate, localDateOf, yearOf } from '../../energy/calendar.ts';
import { isSlug } from '../../energy/reading.ts';
import { defaultStep, MAX_DAYS } from './buckets.ts';
import type { MeterFilter } from './meters.ts';
import type { EnergyStep, Period } from './types.ts';

export type ParameterCode =
  | 'PARAMETER_REPEATED'
  | 'DATE_INVALID'
  | 'DATE_OUT_OF_RANGE'
  | 'PERIOD_REVERSED'
  | 'PERIOD_TOO_LONG'
  | 'STEP_INVALID'
  | 'FIGURE_INVALID'
  | 'LIMIT_INVALID'
  | 'INSTANT_INVALID'
  | 'PARAMETER_MISSING'
  | 'SLUG_INVALID'
  | 'STATE_INVALID'
  | 'TEXT_TOO_LONG'
  | 'PAGE_INVALID';

export interface ParameterProblem {
  readonly code: ParameterCode;
  /** one sentence for a person: what was found, what is expected */
  readonly message: string;
  readonly field: string;
}

export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: ParameterProblem };

const FIRST_DATE = '2000-01-01';
const LAST_DATE = '2100-12-31';
const STEPS = ['15m', '1h', '1d', '1mo'] as const satisfies readonly EnergyStep[];

export function bad(
  code: ParameterCode,
  field: string,
  message: string,
): { ok: false; problem: ParameterProblem } {
  return { ok: false, problem: { code, field, message } };
}

/** What a person typed, short enough to repeat to them. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

export function single(params: URLSearchParams, field: string): Parsed<string | undefined> {
  const values = params.getAll(field);
  if (values.length > 1)
    return bad('PARAMETER_REPEATED', field, `${field} is given ${values.length} times; give it once.`);
  return { ok: true, value: values[0] };
}

export function parseDate(
  params: URLSearchParams,
  field: 'from' | 'to' | 'date',
): Parsed<string | undefined> {
  const text = single(params, field);
  if (!text.ok || text.value === undefined) return text;
  if (!isLocalDate(text.value)) {
    return bad(
      'DATE_INVALID',
      field,
      `${field} is ${quoted(text.value)}; expected a date of the calendar as YYYY-MM-DD, such as 2026-01-31.`,
    );
  }
  if (text.value < FIRST_DATE || text.value > LAST_DATE) {
    return bad(
      'DATE_OUT_OF_RANGE',
      field,
      `${field} is ${text.value}; expected a date between ${FIRST_DATE} and ${LAST_DATE}.`,
    );
  }
  return text;
}

/**
 * `from` and `to`, inclusive local dates. Without `from`, the first day of `to`'s year; without `to`, the last day of
 * `from`'s; without both, the current calendar year (of `now` in UTC).
 */
export function parsePeriod(params: URLSearchParams, now: number): Parsed<Period> {
  const from = parseDate(params, 'from');
  if (!from.ok) return from;
  const to = parseDate(params, 'to');
  if (!to.ok) return to;
  const year = yearOf(from.value ?? to.value ?? localDateOf(now, 'UTC'));
  const period: Period = {
    from: from.value ?? calendarYear(year).from,
    to: to.value ?? calendarYear(year).to,
  };
  if (period.from > period.to) {
    return bad(
      'PERIOD_REVERSED',
      'from',
      `from (${period.from}) is later than to (${period.to}); both are inclusive, from comes first.`,
    );
  }
  return { ok: true, value: period };
}

function isStep(text: string): text is EnergyStep {
  return (STEPS as readonly string[]).includes(text);
}

/** A period and its `step`: by default days, or months when there are more than 400 days. */
export function parsePeriodAndStep(
  params: URLSearchParams,
  now: number,
): Parsed<{ period: Period; step: EnergyStep }> {
  const period = parsePeriod(params, now);
  if (!period.ok) return period;
  const text = single(params, 'step');
  if (!text.ok) return text;
  const step = text.value ?? defaultStep(period.value);
  if (!isStep(step))
    return bad('STEP_INVALID', 'step', `step is ${quoted(step)}; expected one of ${STEPS.join(', ')}.`);
  const days = countDays(period.value);
  if (days > MAX_DAYS[step]) {
    return bad(
      'PERIOD_TOO_LONG',
      'step',
      `step ${step} covers at most ${MAX_DAYS[step]} days, about 400 rows a series, and the period has ${days}; ask for fewer days at a time, or a coarser step.`,
    );
  }
  return { ok: true, value: { period: period.value, step } };
}

export function parseSlug(
  params: URLSearchParams,
  field: 'mission' | 'camp' | 'meter',
): Parsed<string | undefined> {
  const text = single(params, field);
  if (!text.ok || text.value === undefined || isSlug(text.value)) return text;
  return bad(
    'SLUG_INVALID',
    field,
    `${field} is ${quoted(text.value)}; expected 1 to 63 of a-z, 0-9 and -, such as juba-un-house.`,
  );
}

/** `mission` and `camp`, both optional. */
export function parseMeterFilter(params: URLSearchParams): Parsed<MeterFilter> {
  const mission = parseSlug(params, 'mission');
  if (!mission.ok) return mission;
  const camp = parseSlug(params, 'camp');
  if (!camp.ok) return camp;
  return {
    ok: true,
    value: {
      ...(mission.value !== undefined && { mission: mission.value }),
      ...(camp.value !== undefined && { camp: camp.value }),
    },
  };
}
