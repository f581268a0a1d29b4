/**
 * Which unit a number is in, where neither name nor neighbour says: told by other values of the same device (energy by
 * power and time, power by voltage and current), or by what it can only be (a mains voltage, a mains frequency).
 * What stays open is asked.
 */
import type { Quantity } from '#lib/energy/quantity.ts';
import { toCanonical, UNITS, type UnitName } from '../../decode/units.ts';
import type { Candidate } from './candidate.ts';
import type { Observed } from './places.ts';
import { unitChoices } from './unit-choices.ts';

/** What a value can only be in its usual unit: elsewhere the number would be another by a factor of ten at least. */
const USUAL: readonly { quantity: Quantity; from: number; to: number; unit: UnitName }[] = [
  { quantity: 'voltageV', from: 90, to: 520, unit: 'V' },
  { quantity: 'frequencyHz', from: 42, to: 68, unit: 'Hz' },
  { quantity: 'batteryV', from: 9, to: 64, unit: 'V' },
  { quantity: 'powerFactor', from: -1, to: 1, unit: 'pf' },
];
const SAME: readonly Quantity[] = [
  'starts',
  'fuelLevelPct',
  'stateOfChargePct',
  'loadPct',
  'irradianceWPerM2',
];

export type ToldUnit = {
  readonly unit: UnitName | undefined;
  readonly by: 'usual' | 'power-time' | 'volt-ampere' | 'none';
};

/** The unit that can be told; undefined when it has to be asked. `unit` stays out where the quantity's own is meant. */
export function tellUnit(candidate: Candidate, all: readonly Candidate[]): ToldUnit | undefined {
  const { quantity, place } = candidate;
  if (SAME.includes(quantity)) return { unit: undefined, by: 'none' };
  const values = place.observed.map(({ value }) => value).filter((value) => value !== 0);
  const usual = USUAL.find((each) => each.quantity === quantity);
  if (
    usual !== undefined &&
    values.length > 0 &&
    values.every((value) => value >= usual.from && value <= usual.to)
  )
    return { unit: usual.unit, by: 'usual' };
  if (quantity.startsWith('energy')) return byPowerAndTime(candidate, all);
  if (quantity === 'activePowerW') return byVoltAmpere(candidate, all, 'activePowerW');
  if (quantity === 'currentL1A') return byVoltAmpere(candidate, all, 'currentL1A');
  return undefined;
}

/** In less time one step of a coarse register fits any unit: ten seconds. */
const SPAN_MIN_H = 10 / 3_600;

function byPowerAndTime(energy: Candidate, all: readonly Candidate[]): ToldUnit | undefined {
  const power = all.find(
    (each) => each.quantity === 'activePowerW' && each.phase === energy.phase && each.unit !== undefined,
  );
  if (power?.unit === undefined) return undefined;
  const unit = UNITS[power.unit];
  const powers = power.place.observed.map(({ value }) => toCanonical(value, unit, 'activePowerW'));
  const meanW = powers.reduce((sum, each) => sum + each, 0) / powers.length;
  for (const observed of Map.groupBy(energy.place.observed, ({ topic }) => topic).values()) {
    const [first, last] = [observed[0], observed.at(-1)] as [Observed, Observed];
    const [rise, hours] = [last.value - first.value, (last.at - first.at) / 3_600_000];
    if (rise <= 0 || hours < SPAN_MIN_H || meanW <= 0) continue;
    const fitting = unitChoices(energy.quantity).filter((choice) => {
      const ratio = toCanonical(rise, UNITS[choice], energy.quantity) / (meanW * hours);
      return ratio > 0.5 && ratio < 2;
    });
    if (fitting.length === 1) return { unit: fitting[0], by: 'power-time' };
  }
  return undefined;
}

/** P is between a third of U·I and a little more than it, over the phases that are told; so one of them tells the other's unit. */
function byVoltAmpere(
  candidate: Candidate,
  all: readonly Candidate[],
  wanted: 'activePowerW' | 'currentL1A',
): ToldUnit | undefined {
  const of = (quantity: Quantity): Candidate[] =>
    all.filter(
      (each) =>
        each.quantity === quantity && (candidate.phase === undefined || each.phase === candidate.phase),
    );
  const [voltages, currents, powers] = [of('voltageV'), of('currentL1A'), of('activePowerW')];
  const power = powers.find((each) => each.phase === candidate.phase) ?? powers[0];
  if (voltages.length === 0 || voltages.length !== currents.length || power === undefined) return undefined;
  const newest = ({ place }: Candidate): number => Math.abs(place.observed.at(-1)?.value ?? 0);
  const product = voltages.reduce((sum, each, index) => {
    const current = currents[index];
    return sum + newest(each) * (current === undefined ? 0 : newest(current));
  }, 0);
  if (product === 0 || newest(power) === 0) return undefined;
  const other = wanted === 'activePowerW' ? currents[0] : power;
  const isKnown = (unit: UnitName | undefined): boolean => unit !== undefined;
  const otherUnits = isKnown(other?.unit)
    ? [other?.unit]
    : unitChoices(wanted === 'activePowerW' ? 'currentL1A' : 'activePowerW').slice(0, 2);
  const fitting = unitChoices(wanted)
    .slice(0, 2)
    .filter((choice) =>
      otherUnits.some((otherUnit) => {
        const [powerUnit, currentUnit] =
          wanted === 'activePowerW' ? [choice, otherUnit] : [otherUnit, choice];
        if (powerUnit === undefined || currentUnit === undefined) return false;
        const watts = toCanonical(newest(power), UNITS[powerUnit], 'activePowerW');
        const ratio = watts / toCanonical(product, UNITS[currentUnit], 'currentL1A');
        return ratio > 0.3 && ratio < 1.1;
      }),
    );
  // Watts with amperes and kilowatts with kiloamperes fit alike; the latter two nobody publishes.
  return fitting.length === 1 ? { unit: fitting[0], by: 'volt-ampere' } : undefined;
}
