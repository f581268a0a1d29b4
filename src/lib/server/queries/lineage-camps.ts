/**
 * What each camp gave to a mission's figure, as the ledger sums it: told in the place of meters where those are
 * too many, or the period too long, to read quarter of an hour by quarter. Each camp leads to its own lineage.
 */
import { periodRange } from '../../energy/calendar.ts';
import { coverageOf, expectedWs } from '../../energy/coverage.ts';
import { emptyDatedSums, readDatedLedger, sumDatedBy, type DatedSums } from './emissions.ts';
import { expectedMeters } from './expected.ts';
import { grossWh } from './lineage-formula.ts';
import type { PartScope } from './lineage-meters.ts';
import { estimatedFuelLOf, fuelLOf, qualityOf } from './summary.ts';
import type { QualityWh, QueryContext } from './types.ts';

export interface LineageCamp {
  readonly camp: string;
  readonly name: string;
  /** of its supply meters, exports not yet taken off */
  readonly energyWh: number;
  readonly quality: QualityWh;
  /** in none of the figures */
  readonly implausibleWh: number;
  readonly fuelL: number;
  readonly estimatedFuelL: number;
  /** 0..1 of the time its meters were in service; null when none was */
  readonly coverage: number | null;
}

/** Every registered camp of the mission, by its slug; null where one camp is what was asked for. @throws AppError */
export async function campParts(ctx: QueryContext, scope: PartScope): Promise<LineageCamp[] | null> {
  const { slug, mission, camp: asked, period } = scope;
  if (asked !== undefined) return null;
  const entries = await readDatedLedger(ctx, period, { mission: slug, sumPeriods: true });
  const sumsByCamp = sumDatedBy(entries, ({ camp }) => camp);
  const range = periodRange(period, mission.zone);
  return Object.entries(mission.camps)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([camp, registered]) => {
      const sums: DatedSums = sumsByCamp.get(camp) ?? emptyDatedSums();
      const expected = expectedWs(expectedMeters({ mission, camps: [registered] }), range, ctx.now);
      return {
        camp,
        name: registered.name,
        energyWh: grossWh(sums),
        quality: qualityOf(sums),
        implausibleWh: sums.implausibleWh,
        fuelL: fuelLOf(sums),
        estimatedFuelL: estimatedFuelLOf(sums),
        coverage: coverageOf({ coveredWs: sums.coveredWs, expectedWs: expected }),
      };
    });
}
