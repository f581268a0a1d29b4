/** Figures a person a day of a mission or a camp, withheld where a head count is missing or stale. */
import { addDays, localDateOf } from '../../energy/calendar.ts';
import {
  HEADCOUNT_MAX_AGE_DAYS,
  headcountAgeDays,
  perCapita,
  type GroupPerCapita,
  type PerCapitaGap,
} from '../../energy/per-capita.ts';
import { isSupplySource } from '../../energy/source.ts';
import { campClosing, countedOn, personDays } from '../../registry/in-service.ts';
import type { Camp } from '../../registry/types.ts';
import type { CampGroup } from './expected.ts';
import type { EnergySummary, Period } from './types.ts';

/** Days; null where nobody counted. A closed camp is judged by its own last day. */
function ageOf(camp: Camp, until: string): number | null {
  const closing = campClosing(camp);
  const lastDay = closing !== undefined && closing <= until ? addDays(closing, -1) : until;
  const counted = countedOn(camp, lastDay);
  return counted === null ? null : headcountAgeDays(counted, lastDay);
}

/** `summary` is of the same group and period. Camps without a supply meter have no say, as in `personDays`. */
export function perCapitaOf(
  { mission, camps }: CampGroup,
  summary: Omit<EnergySummary, 'perCapita'>,
  { period, now }: { readonly period: Period; readonly now: number },
): GroupPerCapita {
  const today = localDateOf(now, mission.zone);
  const until = period.to < today ? period.to : today;
  const supplied = camps.filter((camp) => {
    const closing = campClosing(camp);
    const isOpen = closing === undefined || closing > period.from;
    return isOpen && Object.values(camp.meters).some(({ source }) => isSupplySource(source));
  });
  const found = perCapita({
    fuelL: summary.fuelL + summary.estimatedFuelL,
    electricityWh: summary.electricityWh.total,
    ghgKg: summary.ghgKg,
    hasData: summary.status !== 'no-data',
    personDays: summary.personDays,
    agesDays: supplied.map((camp) => ageOf(camp, until)),
  });
  const so = { from: period.from, to: until };
  const blamed = supplied.filter((camp) => isToBlame(camp, found.withheld, so));
  return { ...found, withheldBy: blamed.map(({ name }) => name) };
}

/** Whether a camp's count is why the figures are withheld; `so` is the period as far as it has come. */
function isToBlame(camp: Camp, withheld: PerCapitaGap | null, so: Period): boolean {
  const age = ageOf(camp, so.to);
  if (withheld === 'headcount-unknown') return age === null || personDays(camp, so) === null;
  return withheld === 'headcount-stale' && age !== null && age > HEADCOUNT_MAX_AGE_DAYS;
}
