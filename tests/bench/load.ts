/**
 * The messages that benchmarks send: three quantities of 1,000 meters in ten missions of ten camps, a reading a
 * minute each, so that `index` alone says which message it is.
 */
import type { Source } from '#lib/energy/source.ts';
import type { Camp, Meter, Mission, Registry } from '#lib/registry/types.ts';

export const METERS = 1_000;
const CAMPS_PER_MISSION = 10;
const METERS_PER_CAMP = 10;
const MISSIONS = METERS / CAMPS_PER_MISSION / METERS_PER_CAMP;
const MINUTE_MS = 60_000;
const SOURCES: readonly Source[] = ['diesel', 'solar', 'diesel', 'grid', 'load'];

/** `mission/camp/meter` of each meter. */
export const METER_KEYS: readonly string[] = Array.from({ length: METERS }, (_, index) => {
  const camp = Math.floor(index / METERS_PER_CAMP);
  return `mission-${String(Math.floor(camp / CAMPS_PER_MISSION))}/camp-${String(camp % CAMPS_PER_MISSION)}/meter-${String(index % METERS_PER_CAMP)}`;
});

export function topicOf(index: number): string {
  return `bluewatt/${METER_KEYS[index % METERS] ?? ''}/reading`;
}

/** The instant of message `index` when the first of all was `startAt`. */
export function instantOf(index: number, startAt: number): number {
  return startAt + Math.floor(index / METERS) * MINUTE_MS;
}

/** When the first of `count` messages must be so that the last is of now. */
export function startOf(count: number, now: number): number {
  return now - (now % MINUTE_MS) - Math.floor(count / METERS) * MINUTE_MS;
}

export function valuesOf(index: number): {
  activePowerW: number;
  energyForwardWh: number;
  fuelUsedL: number;
} {
  const minute = Math.floor(index / METERS);
  const meter = index % METERS;
  return {
    activePowerW: 92_500 + ((minute * 37 + meter * 11) % 400),
    energyForwardWh: 1_048_575_250 + minute * 1_542,
    fuelUsedL: 261_944 + minute * 0.5,
  };
}

export function payloadOf(index: number, startAt: number): string {
  return JSON.stringify({
    at: new Date(instantOf(index, startAt)).toISOString(),
    ...valuesOf(index),
  });
}

/** All of those meters, registered, so that their ledger is kept as well. */
export function benchRegistry(): Registry {
  const missions: Record<string, Mission> = {};
  for (let mission = 0; mission < MISSIONS; mission += 1) {
    const camps: Record<string, Camp> = {};
    for (let camp = 0; camp < CAMPS_PER_MISSION; camp += 1) {
      camps[`camp-${String(camp)}`] = { name: `Camp ${String(camp)}`, headcount: [], meters: campMeters() };
    }
    missions[`mission-${String(mission)}`] = {
      name: `Mission ${String(mission)}`,
      zone: 'Africa/Juba',
      example: true,
      targets: [],
      grid: [],
      camps,
    };
  }
  return { missions, pledges: [], sources: [] };
}

function campMeters(): Record<string, Meter> {
  return Object.fromEntries(
    Array.from({ length: METERS_PER_CAMP }, (_, index): [string, Meter] => [
      `meter-${String(index)}`,
      {
        source: SOURCES[index % SOURCES.length] ?? 'diesel',
        ratedW: 500_000,
        ownership: 'un-owned',
        expectedIntervalS: 60,
        events: [],
      },
    ]),
  );
}
