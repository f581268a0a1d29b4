/** Readings, days and ledger entries for the store's tests: plausible, and different from each other. */
import { initialState } from '#lib/energy/account-state.ts';
import { DAY_MS, INTERVALS_PER_DAY, type EnergyInterval, type MeterDay } from '#lib/energy/interval.ts';
import { emptyTally, type LedgerEntry } from '#lib/energy/ledger.ts';
import type { MeterRef, Reading, Values } from '#lib/energy/reading.ts';

/** 2026-11-01T00:00:00Z */
export const T0 = Date.UTC(2026, 10, 1);
export const DAY0 = T0 / DAY_MS;

export function reading(meter: MeterRef, at: number, values: Values): Reading {
  return { meter, at, values };
}

/** `count` readings, one a second from `from`, of a genset under changing load. */
export function gensetReadings(meter: MeterRef, from: number, count: number): Reading[] {
  return Array.from({ length: count }, (_, index) =>
    reading(meter, from + index * 1000, {
      activePowerW: 92_500 + (index % 97),
      energyForwardWh: 1_048_575_250 + index * 26,
      fuelUsedL: 261_944.5 + index / 128,
    }),
  );
}

export function interval(changes: Partial<EnergyInterval> = {}): EnergyInterval {
  return {
    forwardWh: 23_125,
    reverseWh: 0,
    fuelMl: 6_240,
    coveredS: 900,
    minW: 88_000,
    maxW: 96_500,
    recoveredWh: 0,
    estimatedWh: 0,
    manualWh: 0,
    implausibleWh: 0,
    flags: 0,
    ...changes,
  };
}

/** A day with the given intervals by index, the rest unknown. */
export function meterDay(
  meter: MeterRef,
  day: number,
  known: Readonly<Record<number, EnergyInterval>>,
): MeterDay {
  return {
    meter,
    day,
    start: { ...initialState(), lastAt: day * DAY_MS - 13_000 },
    intervals: Array.from({ length: INTERVALS_PER_DAY }, (_, index) => known[index] ?? null),
  };
}

export function entry(changes: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    level: 'day',
    mission: 'unmiss',
    camp: 'juba',
    source: 'solar',
    ownership: 'un-owned',
    period: '2026-11-01',
    ...emptyTally(),
    energyWh: 1_000_000,
    renewableWh: 1_000_000,
    coveredWs: 60_480_000_000,
    ...changes,
  };
}
