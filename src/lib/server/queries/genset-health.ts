/**
 * What the last days say of a camp's gensets: litres a kWh against the default curve, the mean load of the last quarter
 * of an hour, fuel that fell while the engine stood. The long look back is kept for five minutes; the page is asked
 * far more often than a week changes.
 */
import { defaultLitresPerKWh } from '../../energy/factors.ts';
import { fuelFallenWhileOff, litresPerKWh, RUNNING_ABOVE, tankLitres } from '../../energy/genset.ts';
import { DAY_MS, INTERVAL_MS } from '../../energy/interval.ts';
import { meterRef, type MeterRef, type Reading } from '../../energy/reading.ts';
import type { Meter, Serviced } from '../../registry/types.ts';
import { campOf } from '../../registry/lookup.ts';
import type { Store } from '../store/store.ts';
import type { QueryContext } from './types.ts';

export const CONSUMPTION_DAYS = 7;
export const FUEL_WATCH_HOURS = 12;
const KEPT_MS = 5 * 60_000;
/** Less energy than this fraction of a rated hour says nothing of consumption. */
const LEAST_RATED_HOURS = 0.5;

export interface GensetHealth {
  readonly meter: string;
  /** W over the last quarter of an hour; null when it said nothing */
  readonly recentMeanW: number | null;
  /** measured over the last seven days; null where fuel is not metered or it hardly ran */
  readonly litresPerKWh: number | null;
  /** of the default curve at the load it had; null without a rating or energy */
  readonly curveLitresPerKWh: number | null;
  /** L over the last twelve hours; null without a level that can be told in litres */
  readonly fuelFallenL: number | null;
  readonly serviced: Serviced;
}

type Slow = Pick<GensetHealth, 'litresPerKWh' | 'curveLitresPerKWh' | 'fuelFallenL'>;
const keptByStore = new WeakMap<Store, Map<string, { at: number; slow: Promise<Slow> }>>();

/** Of each diesel meter of the camp; empty when the camp is unknown or has none. @throws AppError */
export async function gensetHealth(
  ctx: QueryContext,
  { mission, camp }: { mission: string; camp: string },
): Promise<GensetHealth[]> {
  const meters = Object.entries(campOf(ctx.registry, mission, camp)?.meters ?? {});
  const gensets = meters.filter(([, { source }]) => source === 'diesel');
  return Promise.all(
    gensets.map(async ([slug, meter]) => {
      const ref = meterRef(mission, camp, slug);
      const [recent, slow] = await Promise.all([
        ctx.store.readReadings(ref, { from: ctx.now - INTERVAL_MS, to: ctx.now + 1 }),
        keptSlow(ctx, ref, meter),
      ]);
      return { meter: slug, recentMeanW: meanPowerW(recent), ...slow, serviced: meter.serviced ?? {} };
    }),
  );
}

async function keptSlow(ctx: QueryContext, ref: MeterRef, meter: Meter): Promise<Slow> {
  const kept = keptByStore.get(ctx.store) ?? new Map<string, { at: number; slow: Promise<Slow> }>();
  keptByStore.set(ctx.store, kept);
  for (const [key, { at }] of kept) if (at > ctx.now || ctx.now - at > KEPT_MS) kept.delete(key);
  // What the answer depends on besides the readings stands in its name.
  const name = JSON.stringify([ref.key, meter.ratedW, meter.tankL]);
  const known = kept.get(name);
  if (known !== undefined) return known.slow;
  const slow = readSlow(ctx, ref, meter);
  kept.set(name, { at: ctx.now, slow });
  // A fault is not kept: the next page asks again.
  slow.catch(() => kept.delete(name));
  return slow;
}

async function readSlow({ store, now }: QueryContext, ref: MeterRef, meter: Meter): Promise<Slow> {
  const [intervals, readings] = await Promise.all([
    store.readIntervals([ref], { from: now - CONSUMPTION_DAYS * DAY_MS, to: now }),
    store.readReadings(ref, { from: now - FUEL_WATCH_HOURS * 3_600_000, to: now + 1 }),
  ]);
  const { ratedW } = meter;
  const ran = intervals.filter(({ forwardWh }) => forwardWh > 0);
  const energyWh = ran.reduce((sum, { forwardWh }) => sum + forwardWh, 0);
  const hours = ran.reduce((sum, { coveredS }) => sum + coveredS, 0) / 3600;
  const isEnough = energyWh > (ratedW ?? 0) * LEAST_RATED_HOURS && hours > 0;
  const fuelMl = ran.reduce((sum, interval) => sum + interval.fuelMl, 0);
  return {
    litresPerKWh: isEnough ? litresPerKWh({ fuelMl, energyWh }) : null,
    curveLitresPerKWh:
      isEnough && ratedW !== undefined ? defaultLitresPerKWh({ ratedW, meanPowerW: energyWh / hours }) : null,
    fuelFallenL: fuelFallen(readings, meter),
  };
}

function meanPowerW(readings: readonly Reading[]): number | null {
  const powers = readings.flatMap(({ values }) => values.activePowerW ?? []);
  return powers.length === 0 ? null : powers.reduce((sum, power) => sum + power, 0) / powers.length;
}

/** A reading that tells a level and no power is taken with the power told last. */
function fuelFallen(readings: readonly Reading[], { tankL, ratedW }: Meter): number | null {
  if (tankL === undefined) return null;
  let powerW: number | undefined;
  const levels = readings.flatMap(({ at, values }) => {
    powerW = values.activePowerW ?? powerW;
    const levelL = tankLitres(values, tankL);
    // Without a power nobody knows whether it ran: then it did, and nothing is suspected.
    const isRunning = powerW === undefined || powerW > (ratedW ?? 0) * RUNNING_ABOVE;
    return levelL === undefined ? [] : [{ at, levelL, isRunning }];
  });
  return levels.length === 0 ? null : fuelFallenWhileOff(levels, tankL);
}
