/**
 * Readings at the beginning of quarter-hours as JSON of the native contract, by string concatenation: a
 * year's history of all meters is millions of readings, and this is where its time goes. A test holds it to
 * the same values as `valuesAt`.
 */
import { isReversible, type MeterTrack } from './track.ts';
import { wholeTenths } from './values.ts';

/** The first half of a reading, up to the value of `activePowerW`. */
export function headOf(at: number): string {
  return `{"at":${at},"activePowerW":`;
}

/** The function that writes one reading of a meter; chosen once a meter, called once a quarter-hour. */
export function encoderOf(track: MeterTrack): (head: string, step: number) => string {
  const { day, plan } = track;
  const { powerW, forwardWh, reverseWh } = day;
  if (plan.hasFuelMeter) {
    return (head, step) =>
      `${head}${powerW[step]},"energyForwardWh":${forwardWh[step]},"fuelUsedL":${decimal(day.fuelL[step] ?? 0)},"fuelLevelPct":${decimal(
        (100 * (day.tankL[step] ?? 0)) / plan.tankL,
      )},"runTimeS":${day.runTimeS[step]},"starts":${day.starts[step]}}`;
  }
  if (plan.source === 'battery') {
    return (head, step) =>
      `${head}${powerW[step]},"energyForwardWh":${forwardWh[step]},"energyReverseWh":${reverseWh[step]},"stateOfChargePct":${decimal(
        day.chargePct[step] ?? 0,
      )}}`;
  }
  if (isReversible(plan)) {
    return (head, step) =>
      `${head}${powerW[step]},"energyForwardWh":${forwardWh[step]},"energyReverseWh":${reverseWh[step]}}`;
  }
  return (head, step) => `${head}${powerW[step]},"energyForwardWh":${forwardWh[step]}}`;
}

/** One decimal; integers divide faster than fractions print. */
function decimal(value: number): string {
  const whole = wholeTenths(value);
  return `${Math.floor(whole / 10)}.${whole % 10}`;
}
