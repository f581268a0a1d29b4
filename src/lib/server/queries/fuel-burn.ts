/**
 * What the gensets' fuel meters told beside what their energy should have taken: quarter by quarter, by the default
 * curve at the quarter's load, on the days that their meter told of fuel at all.
 */
import { countDays, localDateOf, periodRange } from '../../energy/calendar.ts';
import { BURN_TOLERANCE, checkBurn, type BurnCheck } from '../../energy/fuel-reconciliation.ts';
import { curveFuelMl } from '../../energy/ledger-split.ts';
import { meterRef } from '../../energy/reading.ts';
import { isInService } from '../../registry/in-service.ts';
import type { Meter } from '../../registry/types.ts';
import type { StoredInterval } from '../store/store.ts';
import type { FuelScope } from './fuel-scope.ts';
import type { Period, QueryContext } from './types.ts';

/** The longest period whose quarters of an hour are read genset by genset. */
export const MAX_BURN_DAYS = 92;
const ML_PER_L = 1_000;

export type BurnGap = 'fuel-not-metered' | 'period-too-long';

export interface GensetBurn extends BurnCheck {
  readonly meter: string;
  readonly name: string;
}

export interface BurnAnswer {
  /** of all gensets whose fuel is metered */
  readonly all: BurnCheck | null;
  readonly gensets: readonly GensetBurn[];
  /** fraction of the expected litres beyond which a difference is a finding */
  readonly tolerance: number;
  readonly withheld: BurnGap | null;
}

/** `days`: the period's whole days so far. @throws AppError */
export async function burnAnswer(
  ctx: QueryContext,
  { slugs, mission, camp }: FuelScope,
  days: Period | null,
): Promise<BurnAnswer> {
  const withheld = (reason: BurnGap): BurnAnswer => ({
    all: null,
    gensets: [],
    tolerance: BURN_TOLERANCE,
    withheld: reason,
  });
  if (days === null) return withheld('fuel-not-metered');
  if (countDays(days) > MAX_BURN_DAYS) return withheld('period-too-long');
  const meters = Object.entries(camp.meters).filter(([, { source }]) => source === 'diesel');
  const gensets = await Promise.all(
    meters.map(async ([slug, meter]): Promise<GensetBurn[]> => {
      const ref = meterRef(slugs.mission, slugs.camp, slug);
      const intervals = await ctx.store.readIntervals([ref], periodRange(days, mission.zone));
      const check = checkBurn(meteredBurn(intervals, meter, mission.zone));
      return check === null ? [] : [{ meter: slug, name: meter.name ?? slug, ...check }];
    }),
  );
  const checked = gensets.flat();
  const sum = (name: 'burntL' | 'expectedL') => checked.reduce((total, each) => total + each[name], 0);
  const all = checkBurn({ burntL: sum('burntL'), expectedL: sum('expectedL') });
  if (all === null) return withheld('fuel-not-metered');
  return { all, gensets: checked, tolerance: BURN_TOLERANCE, withheld: null };
}

/** Days without any metered fuel are estimated by the very curve: there is nothing to compare. */
function meteredBurn(
  intervals: readonly StoredInterval[],
  meter: Meter,
  zone: string,
): { readonly burntL: number; readonly expectedL: number } {
  let [burntMl, expectedMl] = [0, 0];
  for (const [date, ofDay] of Map.groupBy(intervals, ({ start }) => localDateOf(start, zone))) {
    const fuelMl = ofDay.reduce((sum, interval) => sum + interval.fuelMl, 0);
    if (fuelMl === 0 || !isInService(meter, date)) continue;
    burntMl += fuelMl;
    for (const { forwardWh } of ofDay) expectedMl += curveFuelMl(forwardWh, meter.ratedW);
  }
  return { burntL: burntMl / ML_PER_L, expectedL: expectedMl / ML_PER_L };
}
