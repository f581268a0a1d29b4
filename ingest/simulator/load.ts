/**
 * What a camp's people use: a daily curve with a working day and an evening, cooling above 24 °C and heating
 * below 17 °C, quieter Sundays, and noise. A pure function of the seed and the instant.
 */
import { chance, drift } from './noise.ts';
import type { CampPlan } from './plan.ts';

/** Relative load at each full hour of solar time; mean about 1. */
const HOURS = [
  0.72, 0.68, 0.66, 0.65, 0.68, 0.78, 0.92, 1.02, 1.08, 1.12, 1.14, 1.16, 1.16, 1.18, 1.18, 1.14, 1.1, 1.1,
  1.2, 1.28, 1.24, 1.14, 0.98, 0.82,
];
/** The day of the scenario on which units rotate and headcounts change. */
export const ROTATION_DAY = 190;

export interface Moment {
  /** days since the start of the scenario */
  readonly scenarioDay: number;
  /** days since 1970-01-01 UTC */
  readonly day: number;
  /** quarter-hour of the UTC day */
  readonly step: number;
  /** 0..24 by the sun */
  readonly solarHour: number;
  readonly temperatureC: number;
}

/** W asked for at the loads' meters, mean of the quarter-hour. */
export type LoadModel = (moment: Moment) => number;

export function loadOf(plan: CampPlan, seed: number): LoadModel {
  return ({ scenarioDay, day, step, solarHour, temperatureC }) => {
    const people = scenarioDay < ROTATION_DAY ? plan.people : plan.peopleLater;
    const hour = Math.floor(solarHour);
    const part = solarHour - hour;
    const shape = (HOURS[hour % 24] ?? 1) * (1 - part) + (HOURS[(hour + 1) % 24] ?? 1) * part;
    const climate = 0.88 + 0.03 * Math.max(0, temperatureC - 24) + 0.022 * Math.max(0, 17 - temperatureC);
    const sunday = (day + 4) % 7 === 0 ? 0.93 : 1;
    const noise = 0.95 + 0.07 * drift(seed + 5, day / 3) + 0.06 * (chance(seed + 7, day * 96 + step) - 0.5);
    return people * plan.loadPerPersonW * shape * climate * sunday * noise;
  };
}
