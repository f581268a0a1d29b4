/** What a kilowatt of a mission's own plant gave over twelve months: the measure of gaps and of pledges. */
import { addMonths, localDateOf, monthOf, monthRange, monthsBetween } from '../../energy/calendar.ts';
import type { SupplySource } from '../../energy/source.ts';
import { serviceRange } from '../../registry/in-service.ts';
import type { Meter, Mission } from '../../registry/types.ts';

export const YEAR_MONTHS = 12;

export function lastCompleteMonth(now: number, zone: string): string {
  return addMonths(monthOf(localDateOf(now, zone)), -1);
}

/** Mean rated watts in service over the months; null when a meter has no rating, or there is none. */
function meanRatedW(
  meters: readonly Meter[],
  zone: string,
  { from, to }: { from: number; to: number },
): number | null {
  let sum = 0;
  for (const meter of meters) {
    const service = serviceRange(meter, zone);
    const seconds = Math.max(0, Math.min(to, service.to) - Math.max(from, service.from));
    if (seconds > 0 && meter.ratedW === undefined) return null;
    sum += (seconds / (to - from)) * (meter.ratedW ?? 0);
  }
  return sum > 0 ? sum : null;
}

export interface YieldBasis {
  readonly source: SupplySource;
  /** Wh that the source gave, by month */
  readonly whByMonth: ReadonlyMap<string, number>;
  readonly lastMonth: string;
}

/** kWh a year per kW rated that the mission's plant gave over twelve months; null unless each of them has its energy. */
export function ownSpecificYield(
  mission: Mission,
  { source, whByMonth, lastMonth }: YieldBasis,
): number | null {
  const months = monthsBetween(addMonths(lastMonth, 1 - YEAR_MONTHS), lastMonth);
  const energyWh = months.map((month) => whByMonth.get(month) ?? 0);
  if (energyWh.some((wh) => wh <= 0)) return null;
  const plant = Object.values(mission.camps).flatMap(({ meters }) =>
    Object.values(meters).filter((meter) => meter.source === source),
  );
  const range = {
    from: monthRange(months[0] ?? lastMonth, mission.zone).from,
    to: monthRange(lastMonth, mission.zone).to,
  };
  const ratedW = meanRatedW(plant, mission.zone, range);
  return ratedW === null ? null : energyWh.reduce((a, b) => a + b, 0) / ratedW;
}
