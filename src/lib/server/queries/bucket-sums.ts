/**
 * Fills the buckets of a period: days and months from the ledger, hours and quarters of an hour from the
 * intervals through the very split the ledger is built with.
 */
import { dayRange, daysBetween, monthOf, periodRange } from '../../energy/calendar.ts';
import { factorSetOn, type FactorSet } from '../../energy/factors.ts';
import type { EnergyInterval } from '../../energy/interval.ts';
import { splitCampDay } from '../../energy/ledger-split.ts';
import type { LedgerAmounts } from '../../energy/ledger.ts';
import { meterRef, type MeterRef } from '../../energy/reading.ts';
import type { Source } from '../../energy/source.ts';
import { campDay } from '../../registry/camp-day.ts';
import type { Mission } from '../../registry/types.ts';
import { FINE_STEP_MS, isFineStep, type FineStep } from './buckets.ts';
import { addDated, emptyDatedSums, readDatedLedger, type DatedEntry, type DatedSums } from './emissions.ts';
import type { EnergyStep, Period, QueryContext } from './types.ts';

export interface BucketSums {
  readonly sums: DatedSums;
  /** sources of which anything is known in the bucket; of the others it is not known whether they gave 0 */
  readonly known: Set<Source>;
}

/** A mission, or one camp of it, over a period in steps. */
export interface BucketScope {
  readonly slug: string;
  readonly mission: Mission;
  /** undefined: all camps */
  readonly camp?: string | undefined;
  readonly period: Period;
  readonly step: EnergyStep;
}

type SumsByKey = Map<string, BucketSums>;

function addTo(
  buckets: SumsByKey,
  key: string,
  amounts: LedgerAmounts & { readonly source: Source; readonly factors: FactorSet },
): void {
  let bucket = buckets.get(key);
  if (bucket === undefined) {
    bucket = { sums: emptyDatedSums(), known: new Set() };
    buckets.set(key, bucket);
  }
  addDated(bucket.sums, amounts);
  if (amounts.coveredWs > 0 || amounts.energyWh > 0) bucket.known.add(amounts.source);
}

async function fromLedger(ctx: QueryContext, scope: BucketScope): Promise<SumsByKey> {
  const { slug, camp, period, step } = scope;
  const filter = camp === undefined ? { mission: slug, sumCamps: true } : { mission: slug, camp };
  const entries =
    step === '1mo'
      ? await readDatedLedger(ctx, period, filter)
      : (await ctx.store.readLedger({ ...filter, level: 'day', ...period })).map((entry): DatedEntry => ({
          ...entry,
          factors: factorSetOn(entry.period, ctx.factorSets),
        }));
  const buckets: SumsByKey = new Map();
  for (const entry of entries) {
    addTo(buckets, step === '1mo' ? monthOf(entry.period) : entry.period, entry);
  }
  return buckets;
}

/** Camp slug → meter slug → instant → interval. */
type CampIntervals = Map<string, Map<string, Map<number, EnergyInterval>>>;

async function readCampIntervals(
  ctx: QueryContext,
  { slug, mission, period }: BucketScope,
  camps: readonly string[],
): Promise<CampIntervals> {
  const meters: MeterRef[] = camps.flatMap((camp) =>
    Object.keys(mission.camps[camp]?.meters ?? {}).map((meter) => meterRef(slug, camp, meter)),
  );
  const byCamp: CampIntervals = new Map(
    camps.map((camp) => [camp, new Map<string, Map<number, EnergyInterval>>()]),
  );
  for (const interval of await ctx.store.readIntervals(meters, periodRange(period, mission.zone))) {
    const ofCamp = byCamp.get(interval.meter.camp);
    const ofMeter = ofCamp?.get(interval.meter.meter) ?? new Map<number, EnergyInterval>();
    ofCamp?.set(interval.meter.meter, ofMeter);
    ofMeter.set(interval.start, interval);
  }
  return byCamp;
}

async function fromIntervals(ctx: QueryContext, scope: BucketScope, step: FineStep): Promise<SumsByKey> {
  const { slug, mission, period } = scope;
  const camps = scope.camp === undefined ? Object.keys(mission.camps) : [scope.camp];
  const byCamp = await readCampIntervals(ctx, scope, camps);
  const stepMs = FINE_STEP_MS[step];
  const buckets: SumsByKey = new Map();
  for (const date of daysBetween(period)) {
    const { from } = dayRange(date, mission.zone);
    const factors = factorSetOn(date, ctx.factorSets);
    for (const [camp, intervals] of byCamp) {
      const day = campDay({ registry: ctx.registry, mission: slug, camp, date, intervals });
      for (const { start, source, amounts } of day === undefined ? [] : splitCampDay(day)) {
        const key = String(from + Math.floor((start - from) / stepMs) * stepMs);
        addTo(buckets, key, { ...amounts, source, factors });
      }
    }
  }
  return buckets;
}

/** Sums by the key of their bucket (buckets.ts); a bucket of which nothing is known is absent. @throws AppError */
export async function bucketSums(
  ctx: QueryContext,
  scope: BucketScope,
): Promise<ReadonlyMap<string, BucketSums>> {
  return isFineStep(scope.step) ? fromIntervals(ctx, scope, scope.step) : fromLedger(ctx, scope);
}
