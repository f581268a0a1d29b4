/**
 * What the registry says about a date: which meters are in service, which part of the grid is renewable,
 * how many people live there. Dates are local dates of the mission, `from` inclusive and `to` exclusive.
 */
import { addDays, countDays, startOfDay, type DatePeriod, type InstantRange } from '../energy/calendar.ts';
import type { Owner } from '../energy/owner.ts';
import type { Camp, Meter, Mission } from './types.ts';

/** Whether the meter counts on a local date. Without `from` it always did; without `to` it still does. */
export function isInService(meter: Meter, date: string): boolean {
  return (meter.from === undefined || meter.from <= date) && (meter.to === undefined || date < meter.to);
}

/** The instants between which the meter counts; unbounded (±Infinity) where the registry gives no date. */
export function serviceRange(meter: Pick<Meter, 'from' | 'to'>, zone: string): InstantRange {
  return {
    from: meter.from === undefined ? -Infinity : startOfDay(meter.from, zone),
    to: meter.to === undefined ? Infinity : startOfDay(meter.to, zone),
  };
}

/** The newest entry that had begun on `date`, whatever order the registry lists them in. */
function inForceOn<T extends { readonly from: string }>(entries: readonly T[], date: string): T | undefined {
  let found: T | undefined;
  for (const entry of entries) {
    if (entry.from <= date && (found === undefined || entry.from >= found.from)) found = entry;
  }
  return found;
}

/** The first local date on which none of the camp's meters is in service any more; undefined while one is open-ended, or there is none. */
export function campClosing(camp: Pick<Camp, 'meters'>): string | undefined {
  const ends = Object.values(camp.meters).map(({ to }) => to);
  return ends.includes(undefined)
    ? undefined
    : ends
        .filter((to) => to !== undefined)
        .sort()
        .at(-1);
}

/** The first local date on which all of these camps are closed; camps without a meter have no say. */
export function closingOf(camps: readonly Pick<Camp, 'meters'>[]): string | undefined {
  const metered = camps.filter(({ meters }) => Object.keys(meters).length > 0);
  const closings = metered.map(campClosing);
  return closings.includes(undefined)
    ? undefined
    : closings
        .filter((date) => date !== undefined)
        .sort()
        .at(-1);
}

/** Whose the meter's equipment is on a local date: what `owners` last said, before that the meter's own fields. */
export function ownerOn(meter: Meter, date: string): Owner {
  return meter.owners === undefined ? meter : (inForceOn(meter.owners, date) ?? meter);
}

/** A stretch of a meter's service in one hand: local dates, `to` exclusive, open where the registry gives none. */
export interface OwnedStretch {
  readonly owner: Owner;
  readonly from?: string;
  readonly to?: string;
}

/** The meter's service, cut where it changes hands, ascending. */
export function ownedStretches(meter: Meter): OwnedStretch[] {
  const changes = (meter.owners ?? [])
    .filter(({ from }) => (meter.from ?? '') < from && (meter.to === undefined || from < meter.to))
    .sort((a, b) => (a.from < b.from ? -1 : 1));
  const starts = [meter.from, ...changes.map(({ from }) => from)];
  return starts.map((from, i) => {
    const to = starts[i + 1] ?? meter.to;
    const owner = ownerOn(meter, from ?? '');
    return { owner, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  });
}

/** 0..1 of the grid's energy that counts as renewable; the camp's own value first, 0 where nobody states one. */
export function gridRenewableFractionOn(mission: Mission, camp: Camp, date: string): number {
  const fractions = camp.grid !== undefined && camp.grid.length > 0 ? camp.grid : mission.grid;
  return inForceOn(fractions, date)?.renewableFraction ?? 0;
}

/** People in the camp on a local date; null where nobody counted them. */
export function headcountOn(camp: Camp, date: string): number | null {
  return inForceOn(camp.headcount, date)?.people ?? null;
}

/** The local date of the count that holds on a local date; null where nobody counted. */
export function countedOn(camp: Camp, date: string): string | null {
  return inForceOn(camp.headcount, date)?.from ?? null;
}

/**
 * People × days over an inclusive period, up to the day the camp closed; null unless the headcount is known from its
 * first day on.
 */
export function personDays(camp: Camp, period: DatePeriod): number | null {
  const closing = campClosing(camp);
  if (closing !== undefined && closing <= period.to) {
    const lastDay = addDays(closing, -1);
    return lastDay < period.from ? 0 : personDaysOf(camp, { from: period.from, to: lastDay });
  }
  return personDaysOf(camp, period);
}

function personDaysOf(camp: Camp, period: DatePeriod): number | null {
  const counts = [...camp.headcount].sort((a, b) => (a.from < b.from ? -1 : 1));
  const first = counts[0];
  if (first === undefined || first.from > period.from) return null;
  return counts.reduce((sum, { from, people }, i) => {
    const next = counts[i + 1];
    const start = from > period.from ? from : period.from;
    const end = next === undefined || next.from > period.to ? period.to : addDays(next.from, -1);
    return sum + people * Math.max(0, countDays({ from: start, to: end }));
  }, 0);
}
