/**
 * Interval energy: what one meter did in one quarter of an hour, UTC, in integers, with how it is known.
 * A `MeterDay` is the unit of storage and of recomputation: the 96 intervals of one meter's UTC day
 * together with the accounting state that stood at its first instant.
 */
import type { AccountState } from './account-state.ts';
import type { MeterRef } from './reading.ts';

export const INTERVAL_MS = 15 * 60 * 1000;
export const DAY_MS = 24 * 60 * 60 * 1000;
export const INTERVALS_PER_DAY = DAY_MS / INTERVAL_MS;

/** Bits of {@link EnergyInterval.flags}. */
export const FLAG = {
  /** the register fell and a new segment began */
  reset: 1,
  /** a jump beyond what the rating allows was kept out of the totals: see `implausibleWh` */
  implausible: 2,
  /** part of the interval lies in a gap longer than the meter's longest plausible silence */
  gap: 4,
  /** a correction replaced, scaled or confirmed what is counted here */
  corrected: 8,
} as const;

export interface EnergyInterval {
  /** Wh in the direction the meter's role serves; all of it, however it is known */
  forwardWh: number;
  /** Wh against it: exported by a grid meter, charged into a battery */
  reverseWh: number;
  /** millilitres burnt */
  fuelMl: number;
  /** seconds of the interval, 0..900, that neighbouring readings vouch for */
  coveredS: number;
  /** lowest and highest active power seen, W; null when the meter told none */
  minW: number | null;
  maxW: number | null;
  /** the parts of `forwardWh` not measured in this very interval; the rest is `measured` */
  recoveredWh: number;
  estimatedWh: number;
  manualWh: number;
  /** Wh held back as implausible, not part of `forwardWh` */
  implausibleWh: number;
  flags: number;
}

export interface MeterDay {
  readonly meter: MeterRef;
  /** days since 1970-01-01, UTC */
  readonly day: number;
  /** the accounting state before the first reading at or after the day's first instant */
  readonly start: AccountState;
  /** {@link INTERVALS_PER_DAY} places; null where nothing is known */
  readonly intervals: (EnergyInterval | null)[];
}

export function emptyInterval(): EnergyInterval {
  return {
    forwardWh: 0,
    reverseWh: 0,
    fuelMl: 0,
    coveredS: 0,
    minW: null,
    maxW: null,
    recoveredWh: 0,
    estimatedWh: 0,
    manualWh: 0,
    implausibleWh: 0,
    flags: 0,
  };
}

/** Wh measured in the interval itself. */
export function measuredWh(interval: EnergyInterval): number {
  return interval.forwardWh - interval.recoveredWh - interval.estimatedWh - interval.manualWh;
}
