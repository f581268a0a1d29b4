/**
 * The registers of one simulated meter, and what they showed through one UTC day: the value at the first
 * instant of each quarter-hour and what the quarter added. Energy registers are whole Wh, so that history
 * and live readings round alike; nothing ever runs backwards but by a listed fault.
 */
import { fuelRatesLPerH } from './genset.ts';
import { chance, seedOf } from './noise.ts';
import type { MeterPlan } from './plan.ts';
import { STEPS } from './weather.ts';

export interface MeterTrack {
  readonly plan: MeterPlan;
  /** mission/camp/meter */
  readonly key: string;
  readonly fuelRates: Float64Array;
  /** litres burnt over what the curve says: no two engines are alike */
  readonly thirst: number;
  forwardWh: number;
  reverseWh: number;
  fuelL: number;
  runTimeS: number;
  starts: number;
  tankL: number;
  wasRunning: boolean;
  readonly day: DayValues;
}

/** {@link STEPS} values each. */
export interface DayValues {
  /** mean of the step, W; negative against the direction the meter's role serves */
  readonly powerW: Float64Array;
  readonly forwardWh: Float64Array;
  readonly forwardStepWh: Float64Array;
  readonly reverseWh: Float64Array;
  readonly reverseStepWh: Float64Array;
  readonly fuelL: Float64Array;
  readonly fuelStepL: Float64Array;
  readonly tankL: Float64Array;
  readonly runTimeS: Float64Array;
  readonly runStepS: Float64Array;
  readonly starts: Float64Array;
  /** battery, 0..100, and its change through the step */
  readonly chargePct: Float64Array;
  readonly chargeStepPct: Float64Array;
}

/** A meter that has already served for years, unless it is commissioned within the scenario. */
export function startTrack(plan: MeterPlan, key: string, seed: number): MeterTrack {
  const own = seedOf(key, seed);
  const servedH = plan.sinceDay > 0 ? 0 : Math.round(4000 + 14_000 * chance(own, 1));
  const isGenset = plan.source === 'diesel';
  return {
    plan,
    key,
    fuelRates: isGenset ? fuelRatesLPerH(plan.ratedW) : new Float64Array(5),
    thirst: 0.97 + 0.1 * chance(own, 2),
    forwardWh: Math.round(servedH * plan.ratedW * 0.4),
    reverseWh: isReversible(plan) ? Math.round(servedH * plan.ratedW * 0.1) : 0,
    fuelL: isGenset ? Math.round(servedH * plan.ratedW * 0.00012) : 0,
    runTimeS: isGenset ? servedH * 3600 : 0,
    starts: isGenset ? Math.round(servedH / 9) : 0,
    tankL: plan.tankL * (0.5 + 0.4 * chance(own, 3)),
    wasRunning: false,
    day: emptyDay(),
  };
}

/** Whether energy can flow against the direction the meter's role serves. */
export function isReversible(plan: MeterPlan): boolean {
  return plan.source === 'battery' || plan.isExporting;
}

function emptyDay(): DayValues {
  const values = () => new Float64Array(STEPS);
  return {
    powerW: values(),
    forwardWh: values(),
    forwardStepWh: values(),
    reverseWh: values(),
    reverseStepWh: values(),
    fuelL: values(),
    fuelStepL: values(),
    tankL: values(),
    runTimeS: values(),
    runStepS: values(),
    starts: values(),
    chargePct: values(),
    chargeStepPct: values(),
  };
}

/** Writes one step of any meter: its registers before the step, then the registers after it. */
export function recordEnergy(track: MeterTrack, step: number, forwardW: number, reverseW: number): void {
  const { day } = track;
  const forwardWh = Math.round(forwardW / 4);
  const reverseWh = Math.round(reverseW / 4);
  day.powerW[step] = (forwardWh - reverseWh) * 4;
  day.forwardWh[step] = track.forwardWh;
  day.forwardStepWh[step] = forwardWh;
  day.reverseWh[step] = track.reverseWh;
  day.reverseStepWh[step] = reverseWh;
  track.forwardWh += forwardWh;
  track.reverseWh += reverseWh;
}

/** Writes one step of a genset beside its energy: fuel, tank, hours, starts. */
export function recordEngine(
  track: MeterTrack,
  step: number,
  run: { isRunning: boolean; litres: number },
): void {
  const { day } = track;
  day.fuelL[step] = track.fuelL;
  day.fuelStepL[step] = run.litres;
  day.tankL[step] = track.tankL;
  day.runTimeS[step] = track.runTimeS;
  day.runStepS[step] = run.isRunning ? 900 : 0;
  if (run.isRunning && !track.wasRunning) track.starts++;
  day.starts[step] = track.starts;
  track.wasRunning = run.isRunning;
  track.fuelL += run.litres;
  track.runTimeS += run.isRunning ? 900 : 0;
  track.tankL = Math.max(0, track.tankL - run.litres);
}
