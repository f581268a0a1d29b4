/**
 * HQ's question: which deployed units brought renewable energy, how much did it deliver, and which still run on
 * diesel alone? The ledger tells contributors apart by day, so a meter that changes hands counts for each unit
 * on its own days.
 */
import { localDateOf, periodRange, startOfDay } from '../../energy/calendar.ts';
import { coverageOf, expectedWs } from '../../energy/coverage.ts';
import { parseContributor } from '../../energy/owner.ts';
import { dieselShare, renewableShare, totalWh, type EnergySums } from '../../energy/share.ts';
import { isRenewableSource, isSupplySource, OWNERSHIPS, type Ownership } from '../../energy/source.ts';
import { ownedMeters, ownedSeconds, type OwnedMeter } from './contributors.ts';
import {
  emptyDatedSums,
  factorSetOf,
  ghgKgOf,
  readDatedLedger,
  sumDatedBy,
  type DatedSums,
  type FactorChoice,
} from './emissions.ts';
import { electricityOf, estimatedFuelLOf, fuelLOf, qualityOf, type SummaryAt } from './summary.ts';
import type { ElectricityWh, Period, QualityWh, QueryContext } from './types.ts';

/** `renewable`: some of its equipment gave renewable energy; `diesel-only`: it gave energy, none of it renewable. */
export type UnitSupply = 'renewable' | 'diesel-only' | 'no-data';

/** What a group of equipment gave, whatever mission it stood in. */
export interface OwnedEnergy {
  readonly electricityWh: ElectricityWh;
  /** solar, wind and hydro less what was exported of them, and the grid's renewable part */
  readonly renewableWh: number;
  readonly renewableShare: number | null;
  readonly dieselShare: number | null;
  readonly fuelL: number;
  readonly estimatedFuelL: number;
  readonly ghgKg: number;
  readonly quality: QualityWh;
}

export interface UnitSummary extends OwnedEnergy {
  /** null where the registry does not tell it */
  readonly country: string | null;
  readonly unit: string | null;
  readonly supply: UnitSupply;
  /** 0..1 of the unit's supply meters; null when none was in service */
  readonly coverage: number | null;
  /** rated W in service on the period's last day so far */
  readonly ratedW: { readonly renewable: number; readonly diesel: number };
  /** where its equipment stood in the period */
  readonly camps: readonly { readonly mission: string; readonly camp: string; readonly name: string }[];
  /** true when all of its camps are simulated */
  readonly example: boolean;
}

export interface OwnershipSummary extends OwnedEnergy {
  readonly ownership: Ownership;
}

export interface UnitsAnswer {
  readonly period: Period;
  /** version of the emission factors used */
  readonly factorSet: string;
  /** most renewable energy first, then those on diesel alone by how much they burnt, those without data last */
  readonly units: readonly UnitSummary[];
  /** all equipment by whose it is, units' and everybody else's */
  readonly ownerships: readonly OwnershipSummary[];
}

function renewableWh(sums: EnergySums): number {
  return sums.onSiteRenewableWh + sums.gridRenewableWh;
}

function ownedEnergy(sums: DatedSums, factors: FactorChoice): OwnedEnergy {
  return {
    electricityWh: electricityOf(sums),
    renewableWh: renewableWh(sums),
    renewableShare: renewableShare(sums),
    dieselShare: dieselShare(sums),
    fuelL: fuelLOf(sums),
    estimatedFuelL: estimatedFuelLOf(sums),
    ghgKg: ghgKgOf(sums, factors),
    quality: qualityOf(sums),
  };
}

function supplyOf(sums: EnergySums): UnitSupply {
  if (renewableWh(sums) > 0) return 'renewable';
  return totalWh(sums) > 0 ? 'diesel-only' : 'no-data';
}

/** Rated W in service on the last local day of the period that has begun. */
function ratedW(meters: readonly OwnedMeter[], period: Period, now: number): UnitSummary['ratedW'] {
  const sum = { renewable: 0, diesel: 0 };
  for (const { meter, mission, service } of meters) {
    const today = localDateOf(now, mission.zone);
    const at = startOfDay(period.to < today ? period.to : today, mission.zone);
    if (at < service.from || at >= service.to) continue;
    if (meter.source === 'diesel') sum.diesel += meter.ratedW ?? 0;
    else if (isRenewableSource(meter.source)) sum.renewable += meter.ratedW ?? 0;
  }
  return sum;
}

function campsOf(meters: readonly OwnedMeter[]): UnitSummary['camps'] {
  const camps = new Map(
    meters.map(({ slug, mission, camp }) => [
      `${slug}/${camp}`,
      { mission: slug, camp, name: mission.camps[camp]?.name ?? camp },
    ]),
  );
  return [...camps.values()];
}

function unitSummary(
  contributor: string,
  { meters, sums }: { meters: readonly OwnedMeter[]; sums: DatedSums },
  { period, now, factorSets }: SummaryAt,
): UnitSummary {
  const expected = meters
    .filter(({ meter }) => isSupplySource(meter.source))
    .reduce((sum, { meter, mission, service }) => {
      const range = periodRange(period, mission.zone);
      return sum + expectedWs([{ service, ratedW: meter.ratedW }], range, now);
    }, 0);
  return {
    ...parseContributor(contributor),
    supply: supplyOf(sums),
    ...ownedEnergy(sums, { date: period.to, factorSets }),
    coverage: coverageOf({ coveredWs: sums.coveredWs, expectedWs: expected }),
    ratedW: ratedW(meters, period, now),
    camps: campsOf(meters),
    example: meters.length > 0 && meters.every(({ mission }) => mission.example ?? false),
  };
}

const ORDER: readonly UnitSupply[] = ['renewable', 'diesel-only', 'no-data'];

function byWhatTheyBrought(a: UnitSummary, b: UnitSummary): number {
  return (
    ORDER.indexOf(a.supply) - ORDER.indexOf(b.supply) ||
    b.renewableWh - a.renewableWh ||
    b.electricityWh.total - a.electricityWh.total ||
    compare(`${a.country ?? ''} ${a.unit ?? ''}`, `${b.country ?? ''} ${b.unit ?? ''}`)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Every unit with equipment in service in the period, and every ownership with energy. `period` is taken as
 * each mission's own local dates. @throws AppError
 */
export async function units(ctx: QueryContext, period: Period): Promise<UnitsAnswer> {
  const scope = { sumCamps: true, sumPeriods: true, byContributor: true };
  const entries = (await readDatedLedger(ctx, period, scope)).filter(({ mission }) =>
    Object.hasOwn(ctx.registry.missions, mission),
  );
  const sums = sumDatedBy(entries, ({ contributor }) => contributor);
  const inPeriod = ownedMeters(ctx.registry).filter(
    (each) =>
      each.contributor !== undefined && ownedSeconds(each, periodRange(period, each.mission.zone)) > 0,
  );
  const meters = Map.groupBy(inPeriod, ({ contributor }) => contributor);
  const known = new Set([...meters.keys(), ...sums.keys()]);
  const summaries = [...known].flatMap((contributor) =>
    contributor === undefined
      ? []
      : [
          unitSummary(
            contributor,
            { meters: meters.get(contributor) ?? [], sums: sums.get(contributor) ?? emptyDatedSums() },
            { ...ctx, period },
          ),
        ],
  );
  const factors = { date: period.to, factorSets: ctx.factorSets };
  const byOwnership = sumDatedBy(entries, ({ ownership }) => ownership);
  return {
    period,
    factorSet: factorSetOf([...byOwnership.values()], factors),
    units: summaries.sort(byWhatTheyBrought),
    ownerships: OWNERSHIPS.flatMap((ownership) => {
      const of = byOwnership.get(ownership);
      return of === undefined ? [] : [{ ownership, ...ownedEnergy(of, factors) }];
    }),
  };
}
