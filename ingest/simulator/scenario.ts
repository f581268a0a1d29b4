/**
 * The whole simulation: which missions, from which day, by which chance. Two processes that agree on these
 * three agree on every reading.
 */
import { simulateCamp, type CampSimulation } from './camp-simulation.ts';
import { AFRICAN_MISSIONS } from './missions-africa.ts';
import { MEDITERRANEAN_MISSIONS } from './missions-mediterranean.ts';
import type { MissionPlan } from './plan.ts';

export const DAY_MS = 86_400_000;
export const QUARTER_MS = 900_000;

export const DEMO_MISSIONS: readonly MissionPlan[] = [...AFRICAN_MISSIONS, ...MEDITERRANEAN_MISSIONS];

export interface Scenario {
  readonly missions: readonly MissionPlan[];
  /** epoch ms of the first instant of the first day, UTC */
  readonly startAt: number;
  readonly seed: number;
}

/** The first of the month fourteen months before the month of `now`: 14 to 15 months of history. */
export function defaultStartAt(now: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - 14, 1);
}

/** The demo's scenario, beginning at the UTC midnight at or before `startAt`. */
export function demoScenario({ startAt, seed = 1 }: { startAt: number; seed?: number }): Scenario {
  return { missions: DEMO_MISSIONS, startAt: Math.floor(startAt / DAY_MS) * DAY_MS, seed };
}

export interface PlacedCamp extends CampSimulation {
  readonly mission: MissionPlan;
}

/** One simulation a camp, all before their first day. */
export function placeCamps({ missions, startAt, seed }: Scenario): PlacedCamp[] {
  const firstDay = startAt / DAY_MS;
  return missions.flatMap((mission) =>
    mission.camps.map((plan) => ({
      ...simulateCamp(plan, `${mission.slug}/${plan.slug}`, { firstDay, seed }),
      mission,
    })),
  );
}
