/**
 * Genset health from what its meter says: the load band it runs in, the fuel it takes for a kWh, how long
 * the tank lasts, when service is due. Pure; a page or an alarm decides what to make of it.
 */

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

/** Hours that `levelL` litres last at `burnLPerH`; null when nothing burns. */
export function fuelHoursLeft({ levelL, burnLPerH }: { levelL: number; burnLPerH: number }): number | null {
  return burnLPerH > 0 ? Math.max(0, levelL) / burnLPerH : null;
}

/** How many of equal sets would carry the load within the normal band; at least one while there is load. */
export function setsNeeded(
  { loadW, ratedW }: { loadW: number; ratedW: number },
  bands: LoadBands = LOAD_BANDS,
): number {
  return loadW <= 0 ? 0 : Math.max(1, Math.ceil(loadW / (ratedW * bands.normalUpTo)));
}

/** Running hours between services, by default: engine oil 250 h, fuel filter 500 h. */
export const SERVICE_INTERVALS_H = { oil: 250, fuelFilter: 500 } as const;

/** Running hours until the next service; 0 or less when it is due. `lastServiceRunTimeS` is the counter's value then. */
export function hoursUntilService(
  { runTimeS, lastServiceRunTimeS }: { runTimeS: number; lastServiceRunTimeS: number },
  intervalH: number,
): number {
  return intervalH - (runTimeS - lastServiceRunTimeS) / 3600;
}
