/**
 * How high was the demand, and for how long? From the quarters of an hour of a mission or a camp, read a month at a
 * time, the event loop turning between, and kept for ten minutes: a year of them takes longer than a page should.
 *
 * Demand is what the camp's bus delivered: supply and discharge less export and charge. A quarter counts when its
 * supply meters were metered for as much of it as a reportable share asks for.
 */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { countDays, periodRange, type InstantRange } from '../../energy/calendar.ts';
import { COVERAGE_THRESHOLDS, coverageWeightW } from '../../energy/coverage.ts';
import { INTERVAL_MS } from '../../energy/interval.ts';
import { loadDuration, type LoadDuration, type PowerQuarter } from '../../energy/load-duration.ts';
import { meterRef, type MeterRef } from '../../energy/reading.ts';
import { isSupplySource } from '../../energy/source.ts';
import { serviceRange } from '../../registry/in-service.ts';
import { missionOf } from '../../registry/lookup.ts';
import type { Meter, Mission, Registry } from '../../registry/types.ts';
import type { FlowBlock, Store } from '../store/store.ts';
import type { Period, QueryContext } from './types.ts';

/** The longest period whose quarters of an hour are read. */
export const MAX_DURATION_DAYS = 400;
const QUARTERS_PER_HOUR = 3_600_000 / INTERVAL_MS;
const QUARTER_S = INTERVAL_MS / 1000;
const PIECE_MS = 30 * 24 * 3_600_000;
const KEPT_MS = 10 * 60 * 1000;
const MAX_KEPT = 64;

interface LoadDurationAnswer {
  /** null when no quarter of an hour was metered well enough */
  readonly curve: LoadDuration | null;
  /** 0..1 of the elapsed period's quarters of an hour that the curve is made of */
  readonly knownTime: number;
}

export interface DurationQuery {
  readonly mission: string;
  /** undefined: all camps */
  readonly camp?: string | undefined;
  readonly period: Period;
}

interface Kept {
  readonly at: number;
  readonly registry: Registry;
  readonly answer: LoadDurationAnswer;
}

const keptByStore = new WeakMap<Store, Map<string, Kept>>();

interface Counted {
  readonly ref: MeterRef;
  readonly meter: Meter;
  readonly service: InstantRange;
}

/** Sums by quarter of the range, the first at index 0. */
interface Quarters {
  readonly demandWh: Float64Array;
  readonly dieselWh: Float64Array;
  readonly coveredWs: Float64Array;
  readonly expectedWs: Float64Array;
}

function countedMeters({ mission: slug, camp }: DurationQuery, mission: Mission): Counted[] {
  return Object.entries(mission.camps).flatMap(([campSlug, { meters }]) =>
    camp !== undefined && camp !== campSlug
      ? []
      : Object.entries(meters)
          // What the load meters say is checked by the balance; the bus is known by its sources.
          .filter(([, { source }]) => source !== 'load')
          .map(([name, meter]) => ({
            ref: meterRef(slug, campSlug, name),
            meter,
            service: serviceRange(meter, mission.zone),
          })),
  );
}

function expectedOf(meters: readonly Counted[], { from }: InstantRange, quarters: Quarters): void {
  for (const { meter, service } of meters) {
    if (!isSupplySource(meter.source)) continue;
    const weight = coverageWeightW(meter.ratedW) * QUARTER_S;
    const first = Math.max(0, Math.ceil((service.from - from) / INTERVAL_MS));
    const last = Math.min(quarters.expectedWs.length, Math.floor((service.to - from) / INTERVAL_MS));
    for (let i = first; i < last; i += 1) quarters.expectedWs[i] = (quarters.expectedWs[i] ?? 0) + weight;
  }
}

function add(values: Float64Array, index: number, amount: number): void {
  values[index] = (values[index] ?? 0) + amount;
}

function addFlows(
  quarters: Quarters,
  from: number,
  { known: { meter, service }, block }: { known: Counted; block: FlowBlock },
): void {
  const { start, forwardWh, reverseWh, coveredS } = block;
  const isDiesel = meter.source === 'diesel';
  const weightW = isSupplySource(meter.source) ? coverageWeightW(meter.ratedW) : 0;
  const shift = Math.floor((start - from) / INTERVAL_MS);
  const first = Math.max(0, Math.ceil((service.from - start) / INTERVAL_MS));
  const last = Math.min(forwardWh.length, Math.ceil((service.to - start) / INTERVAL_MS));
  for (let place = first; place < last; place += 1) {
    const wh = forwardWh[place] ?? Number.NaN;
    if (Number.isNaN(wh)) continue;
    add(quarters.demandWh, shift + place, wh - (reverseWh[place] ?? 0));
    if (isDiesel) add(quarters.dieselWh, shift + place, wh);
    if (weightW > 0) add(quarters.coveredWs, shift + place, (coveredS[place] ?? 0) * weightW);
  }
}

async function readQuarters(
  { store }: QueryContext,
  meters: readonly Counted[],
  range: InstantRange,
): Promise<Quarters> {
  const count = Math.max(0, Math.floor((range.to - range.from) / INTERVAL_MS));
  const empty = () => new Float64Array(count);
  const quarters = { demandWh: empty(), dieselWh: empty(), coveredWs: empty(), expectedWs: empty() };
  expectedOf(meters, range, quarters);
  const byKey = new Map(meters.map((each) => [each.ref.key, each]));
  const refs = meters.map(({ ref }) => ref);
  for (let from = range.from; from < range.to; from += PIECE_MS) {
    const piece = { from, to: Math.min(from + PIECE_MS, range.to) };
    for (const block of await store.readFlows(refs, piece)) {
      const known = byKey.get(block.meter.key);
      if (known !== undefined) addFlows(quarters, range.from, { known, block });
    }
    await turnOfTheLoop();
  }
  return quarters;
}

function knownQuarters({ demandWh, dieselWh, coveredWs, expectedWs }: Quarters): PowerQuarter[] {
  const known: PowerQuarter[] = [];
  expectedWs.forEach((expected, i) => {
    if (expected <= 0 || (coveredWs[i] ?? 0) < expected * COVERAGE_THRESHOLDS.reportable) return;
    known.push({
      demandW: (demandWh[i] ?? 0) * QUARTERS_PER_HOUR,
      dieselW: (dieselWh[i] ?? 0) * QUARTERS_PER_HOUR,
    });
  });
  return known;
}

/** The elapsed part of the period, beginning at a whole quarter. */
function elapsedRange(period: Period, zone: string, now: number): InstantRange {
  const { from, to } = periodRange(period, zone);
  const first = Math.ceil(from / INTERVAL_MS) * INTERVAL_MS;
  return { from: first, to: Math.max(first, Math.min(to, now)) };
}

async function readAnswer(
  ctx: QueryContext,
  query: DurationQuery,
  mission: Mission,
): Promise<LoadDurationAnswer> {
  const range = elapsedRange(query.period, mission.zone, ctx.now);
  const quarters = await readQuarters(ctx, countedMeters(query, mission), range);
  const known = knownQuarters(quarters);
  const served = quarters.expectedWs.filter((expected) => expected > 0).length;
  return { curve: loadDuration(known), knownTime: served === 0 ? 0 : known.length / served };
}

/** Undefined for an unknown mission, and for a period of more than {@link MAX_DURATION_DAYS}. @throws AppError */
export async function loadDurationAnswer(
  ctx: QueryContext,
  query: DurationQuery,
): Promise<LoadDurationAnswer | undefined> {
  const mission = missionOf(ctx.registry, query.mission);
  if (mission === undefined || countDays(query.period) > MAX_DURATION_DAYS) return undefined;
  const kept = keptByStore.get(ctx.store) ?? new Map<string, Kept>();
  keptByStore.set(ctx.store, kept);
  const key = [query.mission, query.camp ?? '', query.period.from, query.period.to].join(' ');
  const known = kept.get(key);
  if (known?.registry === ctx.registry && known.at <= ctx.now && ctx.now - known.at < KEPT_MS)
    return known.answer;
  const answer = await readAnswer(ctx, query, mission);
  kept.delete(key);
  kept.set(key, { at: ctx.now, registry: ctx.registry, answer });
  const oldest = kept.keys().next().value;
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
  return answer;
}
