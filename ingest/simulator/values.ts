/**
 * What a simulated meter shows at an instant: its registers at the beginning of a quarter-hour, or somewhere
 * inside it. Inside, power flickers around the quarter's mean and the registers are its exact integral, so
 * they never fall and meet the next quarter's registers to the digit.
 */
import { chance } from './noise.ts';
import { isReversible, type MeterTrack } from './track.ts';

/** Where in a quarter-hour, and how its energy has come in up to there. */
export interface Moment {
  readonly step: number;
  /** 0..1 of the quarter gone */
  readonly timePart: number;
  /** 0..1 of the quarter's energy delivered */
  readonly energyPart: number;
  /** power now over the quarter's mean */
  readonly powerFactor: number;
}

/** Waves a quarter-hour; whole numbers, so that a quarter's energy is just its mean power's. */
const WAVES = [5, 23, 67] as const;

/** The same for all meters of a camp, so that its balance closes at every instant. */
export function momentOf(campSeed: number, quarter: number, timePart: number, step: number): Moment {
  let powerFactor = 1;
  let energyPart = timePart;
  WAVES.forEach((waves, index) => {
    const amplitude = 0.04 * (chance(campSeed + index, quarter) - 0.5);
    const turn = 2 * Math.PI * waves;
    powerFactor += amplitude * Math.sin(turn * timePart);
    energyPart += (amplitude / turn) * (1 - Math.cos(turn * timePart));
  });
  return { step, timePart, energyPart, powerFactor };
}

/** Canonical quantities of a meter at a moment, rounded as the meter rounds. */
export function valuesAt(track: MeterTrack, moment: Moment): Record<string, number> {
  const { day, plan } = track;
  const { step, energyPart, timePart } = moment;
  const values: Record<string, number> = {
    activePowerW: Math.round((day.powerW[step] ?? 0) * moment.powerFactor),
    energyForwardWh: tenths((day.forwardWh[step] ?? 0) + (day.forwardStepWh[step] ?? 0) * energyPart),
  };
  if (isReversible(plan)) {
    values['energyReverseWh'] = tenths(
      (day.reverseWh[step] ?? 0) + (day.reverseStepWh[step] ?? 0) * energyPart,
    );
  }
  if (plan.hasFuelMeter) {
    const litres = (day.fuelStepL[step] ?? 0) * energyPart;
    values['fuelUsedL'] = tenths((day.fuelL[step] ?? 0) + litres);
    values['fuelLevelPct'] = tenths((100 * Math.max(0, (day.tankL[step] ?? 0) - litres)) / plan.tankL);
    values['runTimeS'] = Math.floor((day.runTimeS[step] ?? 0) + (day.runStepS[step] ?? 0) * timePart);
    values['starts'] = day.starts[step] ?? 0;
  }
  if (plan.source === 'battery') {
    values['stateOfChargePct'] = tenths(
      (day.chargePct[step] ?? 0) + (day.chargeStepPct[step] ?? 0) * energyPart,
    );
  }
  return values;
}

/** Cut, not rounded, to one decimal: a register shows what is complete. */
function tenths(value: number): number {
  return wholeTenths(value) / 10;
}

/** The same in tenths; the hair undoes what binary fractions lose. */
export function wholeTenths(value: number): number {
  return Math.floor(value * 10 + 1e-6);
}
