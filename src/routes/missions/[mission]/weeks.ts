/**
 * Days summed to weeks that begin on Monday. Everything is a sum; the shares are ratios of those sums (a day's
 * renewable energy is its share times its total, exactly), never means of percentages. A week of which no day
 * has energy keeps null shares.
 */
import type { ElectricityWh, EnergyBucket, QualityWh } from '#lib/server/queries/types.ts';

export function toWeeks(days: readonly EnergyBucket[]): EnergyBucket[] {
  return [...Map.groupBy(days, ({ start }) => mondayOf(start)).values()].map(sumDays);
}

/** The local date of the Monday of a day's week; `start` carries the local date in its first ten characters. */
function mondayOf(start: string): string {
  const at = new Date(`${start.slice(0, 10)}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7));
  return at.toISOString().slice(0, 10);
}

function sumDays(days: readonly EnergyBucket[]): EnergyBucket {
  const [first] = days;
  const last = days.at(-1);
  if (first === undefined || last === undefined) throw new Error('a week without days');
  const sum = (pick: (day: EnergyBucket) => number) => days.reduce((total, day) => total + pick(day), 0);
  const total = sum(({ electricityWh }) => electricityWh.total);
  const share = (name: 'renewableShare' | 'onSiteRenewableShare' | 'dieselShare') =>
    total > 0 ? sum((day) => (day[name] ?? 0) * day.electricityWh.total) / total : null;
  return {
    start: first.start,
    end: last.end,
    electricityWh: sumFields(days.map(({ electricityWh }) => electricityWh)) satisfies ElectricityWh,
    battery: sumFields(days.map(({ battery }) => battery)),
    loadWh: sum(({ loadWh }) => loadWh),
    renewableShare: share('renewableShare'),
    onSiteRenewableShare: share('onSiteRenewableShare'),
    dieselShare: share('dieselShare'),
    pathShare: last.pathShare,
    fuelL: sum(({ fuelL }) => fuelL),
    estimatedFuelL: sum(({ estimatedFuelL }) => estimatedFuelL),
    ghgKg: sum(({ ghgKg }) => ghgKg),
    // A new set that begins within the week leaves a sum of both: it says so.
    factorSet: [...new Set(days.flatMap(({ factorSet }) => factorSet.split(' + ')))].join(' + '),
    coverage: meanCoverage(days),
    quality: sumFields(days.map(({ quality }) => quality)) satisfies QualityWh,
  };
}

function sumFields<T extends { readonly [K in keyof T]: number }>(parts: readonly T[]): T {
  const [first] = parts;
  if (first === undefined) throw new Error('nothing to sum');
  const names = Object.keys(first) as (keyof T)[];
  const sums = names.map((name) => [name, parts.reduce((total, part) => total + part[name], 0)]);
  return Object.fromEntries(sums) as T;
}

/** Days of one week expect the same of the same meters, so that their coverage may be averaged. */
function meanCoverage(days: readonly EnergyBucket[]): number | null {
  const known = days.flatMap(({ coverage }) => (coverage === null ? [] : [coverage]));
  return known.length === 0 ? null : known.reduce((sum, coverage) => sum + coverage, 0) / known.length;
}
