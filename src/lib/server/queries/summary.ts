/**
 * Sums → what is said of a mission or a camp: shares, target, gap, fuel, emissions, coverage, quality, status.
 * Every card, table, chart, export and API answer goes through here, so they can never disagree.
 */
import { periodRange, yearOf } from '../../energy/calendar.ts';
import { coverageOf, expectedWs, shareStatus } from '../../energy/coverage.ts';
import {
  dieselShare,
  onSiteRenewableShare,
  renewableShare,
  totalWh,
  type EnergySums,
} from '../../energy/share.ts';
import { gapPp, targetOnPath, targetsInForce } from '../../energy/targets.ts';
import { factorSetOf, ghgKgOf, type DatedSums, type FactorChoice } from './emissions.ts';
import { closedBy, expectedMeters, groupPersonDays, type CampGroup } from './expected.ts';
import { perCapitaOf } from './per-capita.ts';
import type { ElectricityWh, EnergySummary, Period, QualityWh } from './types.ts';

const ML_PER_L = 1000;

/** Sources gross; `exported` is what left of the on-site ones, so that the five less `exported` make `total`. */
export function electricityOf(sums: EnergySums): ElectricityWh {
  return {
    total: totalWh(sums),
    solar: sums.solarWh,
    wind: sums.windWh,
    hydro: sums.hydroWh,
    diesel: sums.dieselWh,
    grid: sums.gridWh,
    gridRenewable: sums.gridRenewableWh,
    exported: sums.exportedWh,
  };
}

/** How the supply's gross energy (`total` + `exported`) is known. */
export function qualityOf(sums: EnergySums): QualityWh {
  const { recoveredWh, estimatedWh, manualWh } = sums;
  const grossWh = totalWh(sums) + sums.exportedWh;
  return { measuredWh: grossWh - recoveredWh - estimatedWh - manualWh, recoveredWh, estimatedWh, manualWh };
}

/** Litres that the default curves give for gensets without a fuel meter. */
export function estimatedFuelLOf(sums: EnergySums): number {
  return sums.estimatedFuelMl / ML_PER_L;
}

/** Litres metered. What is only estimated stands apart: {@link estimatedFuelLOf}. */
export function fuelLOf(sums: EnergySums): number {
  return sums.fuelMl / ML_PER_L;
}

/** What a summary depends on besides its group and sums. */
export interface SummaryAt {
  readonly period: Period;
  readonly now: number;
  readonly factorSets?: FactorChoice['factorSets'];
}

/** The summary of a group of camps over an inclusive period, which may reach into the future. */
export function summarise(
  group: CampGroup,
  sums: DatedSums,
  { period, now, factorSets }: SummaryAt,
): EnergySummary {
  const { mission } = group;
  const factors = { date: period.to, factorSets };
  const share = renewableShare(sums);
  const target = targetOnPath(targetsInForce(mission.targets), yearOf(period.to));
  const expected = expectedWs(expectedMeters(group), periodRange(period, mission.zone), now);
  const coverage = coverageOf({ coveredWs: sums.coveredWs, expectedWs: expected });
  const summary = {
    electricityWh: electricityOf(sums),
    renewableShare: share,
    onSiteRenewableShare: onSiteRenewableShare(sums),
    dieselShare: dieselShare(sums),
    target,
    gapPp: gapPp(share, target),
    fuelL: fuelLOf(sums),
    estimatedFuelL: estimatedFuelLOf(sums),
    ghgKg: ghgKgOf(sums, factors),
    factorSet: factorSetOf([sums], factors),
    coverage,
    quality: qualityOf(sums),
    implausibleWh: sums.implausibleWh,
    status: shareStatus({ share, coverage }),
    closedOn: closedBy(group, period, now),
    personDays: groupPersonDays(group, period, now),
  };
  return { ...summary, perCapita: perCapitaOf(group, summary, { period, now }) };
}

const RANKED = { reportable: 0, provisional: 0, withheld: 1, 'no-data': 3 } as const;
const CLOSED = 2;

/** Closed ones are below the line whatever their figures: nobody can mend them. */
function rankOf({ status, closedOn }: EnergySummary): number {
  return closedOn === null ? RANKED[status] : CLOSED;
}

/**
 * Ranking: the worst gap first, those without a gap after it; below the line withheld ones, those that are closed,
 * and those without data.
 */
export function byWorstGap(
  a: EnergySummary & { readonly name: string },
  b: EnergySummary & { readonly name: string },
): number {
  return (
    rankOf(a) - rankOf(b) ||
    (a.gapPp ?? Number.MAX_VALUE) - (b.gapPp ?? Number.MAX_VALUE) ||
    (a.renewableShare ?? 0) - (b.renewableShare ?? 0) ||
    (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
  );
}
