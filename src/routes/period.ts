/**
 * The period a page shows stands in its address, as `from` and `to`, both inclusive: so it can be linked, kept
 * and chosen without script. Without them it is the calendar year, as in the API.
 */
import { error } from '@sveltejs/kit';
import type { PeriodChoice } from '#lib/components/period/period-choice.ts';
import {
  addDays,
  calendarYear,
  localDateOf,
  unBudgetYear,
  unBudgetYearOf,
  yearBefore,
  yearOf,
} from '#lib/energy/calendar.ts';
import { parsePeriod } from '#lib/server/queries/parameters.ts';
import type { Period } from '#lib/server/queries/types.ts';

/** Only these belong to the period; `step` and others are the page's own. */
export function readPeriod(url: URL, now: number): Period {
  const parsed = parsePeriod(url.searchParams, now);
  if (!parsed.ok) error(400, { message: parsed.problem.message, code: parsed.problem.code });
  return parsed.value;
}

/** This and the last calendar year and UN budget year, and the last twelve months. */
export function periodChoices(now: number, zone: string): PeriodChoice[] {
  const today = localDateOf(now, zone);
  const year = yearOf(today);
  const budget = unBudgetYearOf(today);
  return [
    { kind: 'calendar', year, ...calendarYear(year) },
    { kind: 'calendar', year: year - 1, ...calendarYear(year - 1) },
    { kind: 'budget', year: budget, ...unBudgetYear(budget) },
    { kind: 'budget', year: budget - 1, ...unBudgetYear(budget - 1) },
    { kind: 'twelve-months', year, from: addDays(yearBefore(today), 1), to: today },
  ];
}
