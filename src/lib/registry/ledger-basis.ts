/**
 * What of the registry a camp's ledger is made by, date by date, and the dates on which two registries differ
 * in it: only those are rebuilt when a registry changes after the fact.
 */
import { contributorOf } from '../energy/owner.ts';
import { gridRenewableFractionOn, isInService, ownerOn } from './in-service.ts';
import { campOf, missionOf } from './lookup.ts';
import type { Registry } from './types.ts';

export interface CampAt {
  readonly mission: string;
  readonly camp: string;
}

/** Local dates, `to` exclusive; open where it has no beginning or no end. */
export interface DateSpan {
  readonly from?: string;
  readonly to?: string;
}

export function isWithin({ from, to }: DateSpan, date: string): boolean {
  return (from === undefined || from <= date) && (to === undefined || date < to);
}

/** Before every date that a registry may hold. */
const BEGINNING = '0000-01-01';

function basisOn(registry: Registry, at: CampAt, date: string, isByUnit: boolean): string {
  const mission = missionOf(registry, at.mission);
  const camp = campOf(registry, at.mission, at.camp);
  if (mission === undefined || camp === undefined) return '';
  const meters = Object.entries(camp.meters)
    .filter(([, meter]) => isInService(meter, date))
    .map(([slug, meter]) => {
      const owner = ownerOn(meter, date);
      const contributor = isByUnit ? (contributorOf(owner) ?? null) : null;
      return [slug, meter.source, owner.ownership, contributor, meter.ratedW ?? null];
    })
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  const hasGrid = meters.some(([, source]) => source === 'grid');
  const fraction = hasGrid ? gridRenewableFractionOn(mission, camp, date) : null;
  return JSON.stringify({ zone: mission.zone, fraction, meters });
}

/** The dates from which on something of the camp may be otherwise. */
function turningDates(registry: Registry, at: CampAt): string[] {
  const mission = missionOf(registry, at.mission);
  const camp = campOf(registry, at.mission, at.camp);
  if (mission === undefined || camp === undefined) return [];
  const ofMeters = Object.values(camp.meters).flatMap(({ from, to, owners = [] }) => [
    from,
    to,
    ...owners.map((owner) => owner.from),
  ]);
  return [...ofMeters, ...[...mission.grid, ...(camp.grid ?? [])].map(({ from }) => from)].filter(
    (date) => date !== undefined,
  );
}

/**
 * The dates on which the camp's ledger would read differently by `after`, ascending; none when it would not.
 * @param isByUnit false when the ledger of `before` does not tell contributing units apart
 */
export function datesThatDiffer(
  { before, after, isByUnit = true }: { before: Registry; after: Registry; isByUnit?: boolean },
  at: CampAt,
): DateSpan[] {
  const turns = [...turningDates(before, at), ...turningDates(after, at)];
  const dates = [BEGINNING, ...new Set(turns)].sort();
  const spans: { from?: string; to?: string }[] = [];
  for (const [i, date] of dates.entries()) {
    if (basisOn(before, at, date, isByUnit) === basisOn(after, at, date, true)) continue;
    const to = dates[i + 1];
    const last = spans.at(-1);
    if (last !== undefined && last.to === date) delete last.to;
    else spans.push(date === BEGINNING ? {} : { from: date });
    const open = spans.at(-1);
    if (open !== undefined && to !== undefined) open.to = to;
  }
  return spans;
}

/** All dates of both, without overlap, ascending. */
export function joinSpans(a: readonly DateSpan[], b: readonly DateSpan[]): DateSpan[] {
  const joined: { from?: string; to?: string }[] = [];
  for (const span of [...a, ...b].sort((x, y) => ((x.from ?? '') < (y.from ?? '') ? -1 : 1))) {
    const last = joined.at(-1);
    if (last === undefined || (last.to !== undefined && last.to < (span.from ?? '')))
      joined.push({ ...span });
    else if (last.to !== undefined && span.to === undefined) delete last.to;
    else if (last.to !== undefined && span.to !== undefined && last.to < span.to) last.to = span.to;
  }
  return joined;
}
