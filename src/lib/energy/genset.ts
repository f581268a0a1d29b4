/**
 * Genset health from what its meter says: the load band it runs in, the fuel it takes for a kWh, how long
 * the tank lasts, when service is due. Pure; a page or an alarm decides what to make of it.
 */
import type { Values } from './reading.ts';

/** Fractions of rated prime power. Set per model where the maker says otherwise. */
export interface LoadBands {
  /** below: unburnt fuel collects in the exhaust (wet stacking) */
  readonly alarmBelow: number;
  readonly warnBelow: number;
  readonly normalUpTo: number;
  /** above, when it lasts: beyond prime rating */
  readonly warnAbove: number;
}

export const LOAD_BANDS: LoadBands = { alarmBelow: 0.3, warnBelow: 0.4, normalUpTo: 0.8, warnAbove: 0.9 };

/** Below this fraction of its rating a set is taken to be off: meters read a little power through leakage. */
export const RUNNING_ABOVE = 0.01;

export type LoadBand = 'off' | 'too-low' | 'low' | 'normal' | 'high' | 'too-high';

/**
 * The band of a genset giving `activePowerW` of `ratedW`. `too-low` is an alarm, `low` and `too-high` are
 * warnings; `too-high` only matters when it lasts, which is the caller's to watch. Null without a rating.
 */
export function loadBand(
  { activePowerW, ratedW }: { activePowerW: number; ratedW: number | undefined },
  bands: LoadBands = LOAD_BANDS,
): LoadBand | null {
  if (ratedW === undefined || ratedW <= 0) return null;
  const load = activePowerW / ratedW;
  if (load < RUNNING_ABOVE) return 'off';
  if (load < bands.alarmBelow) return 'too-low';
  if (load < bands.warnBelow) return 'low';
  if (load <= bands.normalUpTo) return 'normal';
  return load <= bands.warnAbove ? 'high' : 'too-high';
}

/** Measured specific fuel consumption, L/kWh; null without both fuel and energy. */
export function litresPerKWh({ fuelMl, energyWh }: { fuelMl: number; energyWh: number }): number | null {
  return fuelMl > 0 && energyWh > 0 ? fuelMl / energyWh : null;
}

/** Litres in a tank by what its meter told; undefined when it told no level, or one in per cent of a tank nobody measured. */
export function tankLitres(
  { fuelLevelL, fuelLevelPct }: Pick<Values, 'fuelLevelL' | 'fuelLevelPct'>,
  tankL: number | undefined,
): number | undefined {
  if (fuelLevelL !== undefined) return fuelLevelL;
  return fuelLevelPct === undefined || tankL === undefined ? undefined : (fuelLevelPct / 100) * tankL;
}

/** Hours that `levelL` litres last at `burnLPerH`; null when nothing burns. */
export function fuelHoursLeft({ levelL, burnLPerH }: { levelL: number; burnLPerH: number }): number | null {
  return burnLPerH > 0 ? Math.max(0, levelL) / burnLPerH : null;
}

/** Running hours between services, by default: engine oil 250 h, fuel filter 500 h. */
export const SERVICE_INTERVALS_H = { oil: 250, fuelFilter: 500 } as const;

/**
 * Running hours until the next service; 0 or less when it is due. Without a record of the last one it is taken to
 * have been done at each full interval of the counter, as a workshop without a file does.
 */
export function hoursUntilService({
  runHours,
  lastAtH,
  intervalH,
}: {
  runHours: number;
  lastAtH: number | undefined;
  intervalH: number;
}): number {
  return lastAtH === undefined ? intervalH - (runHours % intervalH) : intervalH - (runHours - lastAtH);
}

/**
 * How many of the sets that run could stop, the largest kept, with the rest inside the normal band. Sets without a
 * rating take no part. A single set never can.
 */
export function setsToSpare(
  running: readonly { readonly powerW: number; readonly ratedW: number }[],
  bands: LoadBands = LOAD_BANDS,
): number {
  const loadW = running.reduce((sum, { powerW }) => sum + powerW, 0);
  const ratings = running.map(({ ratedW }) => ratedW).sort((a, b) => b - a);
  let carriesW = 0;
  const needed = ratings.findIndex((ratedW) => (carriesW += ratedW * bands.normalUpTo) >= loadW) + 1;
  return needed === 0 ? 0 : running.length - needed;
}

/** A level's wobble, as a fraction of the tank: below it a fall is no fall. */
const LEVEL_NOISE = 0.02;
/** Levels further apart say nothing of what the engine did between. */
const LONGEST_STEP_MS = 2 * 60 * 60 * 1000;

/**
 * Litres that left the tank while the engine stood: theft or a leak. Levels are compared from one refuelling or run to
 * the next, so that a slow fall counts and the wobble of a float does not. 0 when nothing fell, or not enough.
 * @param levels ascending by `at` (epoch ms); `isRunning` at that instant
 */
export function fuelFallenWhileOff(
  levels: readonly { readonly at: number; readonly levelL: number; readonly isRunning: boolean }[],
  tankL: number,
): number {
  const noiseL = LEVEL_NOISE * tankL;
  let fallenL = 0;
  let restL: number | undefined;
  let lowestL = 0;
  let lastAt = 0;
  const close = (): void => {
    if (restL !== undefined && restL - lowestL > noiseL) fallenL += restL - lowestL;
    restL = undefined;
  };
  for (const { at, levelL, isRunning } of levels) {
    if (isRunning || at - lastAt > LONGEST_STEP_MS || (restL !== undefined && levelL > lowestL + noiseL))
      close();
    if (!isRunning) {
      if (restL === undefined) restL = lowestL = levelL;
      lowestL = Math.min(lowestL, levelL);
    }
    lastAt = at;
  }
  close();
  return fallenL;
}
