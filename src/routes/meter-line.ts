/** A meter of a query's answer as a row of a page. */
import type { MeterLine } from '#lib/components/meters/meter-line.ts';
import type { MeterRow } from '#lib/server/queries/meter-list.ts';

export function toMeterLine(row: MeterRow): MeterLine {
  const {
    mission,
    missionName,
    camp,
    campName,
    meter,
    name,
    source,
    ratedW,
    state,
    coverage,
    coverageByDay,
  } = row;
  return {
    ...{ mission, missionName, camp, campName, meter, name, source, ratedW, state, coverage, coverageByDay },
    lastSeenAt: row.lastSeenAt === null ? null : Date.parse(row.lastSeenAt),
    lastPowerW: row.lastReading?.activePowerW ?? null,
    lastPowerAt: row.powerAt,
  };
}
