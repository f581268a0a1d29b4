/** The parameters of /api/v1/lineage, of its page, of /api/v1/fuel and of /api/v1/readings. */
import type { FuelQuery } from './fuel.ts';
import { LINEAGE_FIGURES, type LineageFigure } from './lineage-formula.ts';
import type { LineageQuery } from './lineage.ts';
import {
  bad,
  parseDate,
  parsePeriod,
  parseSlug,
  quoted,
  single,
  type ParameterProblem,
  type Parsed,
} from './parameters.ts';
import { MAX_READINGS, type ReadingsQuery } from './readings.ts';

function required<T>(parsed: Parsed<T | undefined>, field: string): Parsed<T> {
  if (!parsed.ok) return parsed;
  if (parsed.value === undefined)
    return bad('PARAMETER_MISSING', field, `${field} is missing; this address needs it.`);
  return { ok: true, value: parsed.value };
}

function parseFigure(params: URLSearchParams): Parsed<LineageFigure> {
  const text = required(single(params, 'figure'), 'figure');
  if (!text.ok) return text;
  const figure = LINEAGE_FIGURES.find((each) => each === text.value);
  if (figure !== undefined) return { ok: true, value: figure };
  const message = `figure is ${quoted(text.value)}; expected one of ${LINEAGE_FIGURES.join(', ')}.`;
  return bad('FIGURE_INVALID', 'figure', message);
}

/** `mission` and `figure`, and optionally `camp`, `from` and `to`. */
export function parseLineage(params: URLSearchParams, now: number): Parsed<LineageQuery> {
  const mission = required(parseSlug(params, 'mission'), 'mission');
  if (!mission.ok) return mission;
  const camp = parseSlug(params, 'camp');
  if (!camp.ok) return camp;
  const period = parsePeriod(params, now);
  if (!period.ok) return period;
  const figure = parseFigure(params);
  if (!figure.ok) return figure;
  return {
    ok: true,
    value: { mission: mission.value, camp: camp.value, period: period.value, figure: figure.value },
  };
}

/** `mission` and `camp`, and optionally `from` and `to`. */
export function parseFuel(params: URLSearchParams, now: number): Parsed<FuelQuery> {
  const mission = required(parseSlug(params, 'mission'), 'mission');
  if (!mission.ok) return mission;
  const camp = required(parseSlug(params, 'camp'), 'camp');
  if (!camp.ok) return camp;
  const period = parsePeriod(params, now);
  if (!period.ok) return period;
  return { ok: true, value: { mission: mission.value, camp: camp.value, period: period.value } };
}

function parseWhole(
  params: URLSearchParams,
  field: 'limit' | 'after',
  { max, code, expected }: { max: number; code: ParameterProblem['code']; expected: string },
): Parsed<number | undefined> {
  const text = single(params, field);
  if (!text.ok || text.value === undefined) return text as Parsed<undefined>;
  const value = /^\d{1,16}$/.test(text.value) ? Number(text.value) : Number.NaN;
  if (value >= 1 && value <= max) return { ok: true, value };
  return bad(code, field, `${field} is ${quoted(text.value)}; expected ${expected}.`);
}

/** `mission`, `camp`, `meter` and `date`, and optionally `after` (epoch ms) and `limit`. */
export function parseReadings(params: URLSearchParams): Parsed<ReadingsQuery> {
  const slugs: string[] = [];
  for (const field of ['mission', 'camp', 'meter'] as const) {
    const slug = required(parseSlug(params, field), field);
    if (!slug.ok) return slug;
    slugs.push(slug.value);
  }
  const [mission = '', camp = '', meter = ''] = slugs;
  const date = required(parseDate(params, 'date'), 'date');
  if (!date.ok) return date;
  const limit = parseWhole(params, 'limit', {
    max: MAX_READINGS,
    code: 'LIMIT_INVALID',
    expected: `a whole number from 1 to ${String(MAX_READINGS)}`,
  });
  if (!limit.ok) return limit;
  const after = parseWhole(params, 'after', {
    max: 8.64e15,
    code: 'INSTANT_INVALID',
    expected: 'an instant in ms since 1970, as `next` gives it',
  });
  if (!after.ok) return after;
  const page = { after: after.value, limit: limit.value ?? MAX_READINGS };
  return { ok: true, value: { mission, camp, meter, date: date.value, ...page } };
}
