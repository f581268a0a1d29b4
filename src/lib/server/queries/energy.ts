/** How did the energy of a mission, or of one camp, move over a period? One bucket a step, and the sum of all. */
import { toLocalTimestamp, yearOf } from '../../energy/calendar.ts';
import { coverageOf, expectedWs, type ExpectedMeter } from '../../energy/coverage.ts';
import { dieselShare, onSiteRenewableShare, renewableShare } from '../../energy/share.ts';
import { SUPPLY_SOURCES, type SupplySource } from '../../energy/source.ts';
import { targetOnPath, targetsInForce, type ShareTarget } from '../../energy/targets.ts';
import { campOf, missionOf } from '../../registry/lookup.ts';
import { bucketSums, type BucketScope, type BucketSums } from './bucket-sums.ts';
import { bucketsOf, type Bucket } from './buckets.ts';
import { campSummaryAnswer } from './camps.ts';
import { emptyDatedSums, factorSetOf, ghgKgOf, type FactorChoice } from './emissions.ts';
import { allCamps, expectedMeters, type CampGroup } from './expected.ts';
import { missionSummaryAnswer } from './missions.ts';
import { electricityOf, estimatedFuelLOf, fuelLOf, qualityOf } from './summary.ts';
import type {
  CampEnergyAnswer,
  EnergyAnswer,
  EnergyBucket,
  EnergyStep,
  Period,
  QueryContext,
} from './types.ts';

export interface EnergyQuery {
  readonly mission: string;
  readonly period: Period;
  /** the caller keeps the period within `MAX_DAYS` of the step */
  readonly step: EnergyStep;
}

interface BucketContext {
  readonly zone: string;
  readonly now: number;
  readonly targets: readonly ShareTarget[];
  readonly expected: readonly ExpectedMeter[];
  readonly factorSets: FactorChoice['factorSets'];
}

function energyBucket(bucket: Bucket, found: BucketSums | undefined, context: BucketContext): EnergyBucket {
  const sums = found?.sums ?? emptyDatedSums();
  const factors = { date: bucket.date, factorSets: context.factorSets };
  const expected = expectedWs(context.expected, bucket, context.now);
  return {
    start: toLocalTimestamp(bucket.from, context.zone),
    end: toLocalTimestamp(bucket.to, context.zone),
    electricityWh: electricityOf(sums),
    battery: { chargedWh: sums.chargedWh, dischargedWh: sums.dischargedWh },
    loadWh: sums.loadWh,
    renewableShare: renewableShare(sums),
    onSiteRenewableShare: onSiteRenewableShare(sums),
    dieselShare: dieselShare(sums),
    pathShare: targetOnPath(context.targets, yearOf(bucket.date))?.pathShare ?? null,
    fuelL: fuelLOf(sums),
    estimatedFuelL: estimatedFuelLOf(sums),
    ghgKg: ghgKgOf(sums, factors),
    factorSet: factorSetOf([sums], factors),
    coverage: coverageOf({ coveredWs: sums.coveredWs, expectedWs: expected }),
    quality: qualityOf(sums),
  };
}

type Series = EnergyAnswer['series'];

/** One array a source, null where nothing is known of it: a gap is never zero. */
function seriesOf(buckets: readonly Bucket[], found: ReadonlyMap<string, BucketSums>): Series {
  const seriesFor = (source: SupplySource): (number | null)[] =>
    buckets.map(({ key }) => {
      const bucket = found.get(key);
      return bucket?.known.has(source) === true ? bucket.sums[`${source}Wh`] : null;
    });
  const series = SUPPLY_SOURCES.map((source) => [source, seriesFor(source)] as const);
  return Object.fromEntries(series) as Record<SupplySource, (number | null)[]>;
}

async function bucketsAnswer(
  ctx: QueryContext,
  group: CampGroup,
  scope: BucketScope,
): Promise<Omit<EnergyAnswer, 'summary' | 'factorSet'>> {
  const { mission } = group;
  const found = await bucketSums(ctx, scope);
  const buckets = bucketsOf(scope.period, scope.step, mission.zone);
  const context: BucketContext = {
    zone: mission.zone,
    now: ctx.now,
    targets: targetsInForce(mission.targets),
    expected: expectedMeters(group),
    factorSets: ctx.factorSets,
  };
  return {
    mission: scope.slug,
    zone: mission.zone,
    period: scope.period,
    step: scope.step,
    series: seriesOf(buckets, found),
    buckets: buckets.map((bucket) => energyBucket(bucket, found.get(bucket.key), context)),
  };
}

/** Undefined when the registry does not know the mission. @throws AppError */
export async function missionEnergyAnswer(
  ctx: QueryContext,
  query: EnergyQuery,
): Promise<EnergyAnswer | undefined> {
  const mission = missionOf(ctx.registry, query.mission);
  const summary = await missionSummaryAnswer(ctx, query);
  if (mission === undefined || summary === undefined) return undefined;
  const { period, step } = query;
  const answer = await bucketsAnswer(ctx, allCamps(mission), { slug: query.mission, mission, period, step });
  return { ...answer, factorSet: summary.factorSet, summary };
}

/** The same of one camp; undefined when the registry does not know it. @throws AppError */
export async function campEnergyAnswer(
  ctx: QueryContext,
  query: EnergyQuery & { readonly camp: string },
): Promise<CampEnergyAnswer | undefined> {
  const mission = missionOf(ctx.registry, query.mission);
  const camp = campOf(ctx.registry, query.mission, query.camp);
  const summary = await campSummaryAnswer(ctx, query);
  if (mission === undefined || camp === undefined || summary === undefined) return undefined;
  const { period, step } = query;
  const scope = { slug: query.mission, mission, camp: query.camp, period, step };
  const answer = await bucketsAnswer(ctx, { mission, camps: [camp] }, scope);
  return { ...answer, factorSet: summary.factorSet, camp: query.camp, summary };
}
