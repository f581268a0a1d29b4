/** A place that a name gives a meaning: what it may become of a profile's fields, before anything is decided. */
import type { Quantity } from '#lib/energy/quantity.ts';
import type { UnitName } from '../../decode/units.ts';
import { meaningOf, type Meaning } from './meaning.ts';
import type { Place } from './places.ts';
import { isPossible } from './unit-choices.ts';
import { writtenUnit } from './unit-names.ts';
import { phaseOf, wordsOf } from './words.ts';

export interface Hint {
  readonly quantity: Quantity;
  readonly unit?: UnitName;
}

export interface Candidate {
  readonly place: Place;
  readonly quantity: Quantity;
  /** 1 to 3, where it is one phase's */
  readonly phase: number | undefined;
  readonly isDaily: boolean;
  /** the name says that it is the device's total */
  readonly isTotal: boolean;
  /** told by the name, by a key beside it or by Home Assistant's discovery */
  readonly unit: UnitName | undefined;
  readonly unitFrom: 'name' | 'beside' | 'home-assistant' | undefined;
}

const TOTAL_WORDS = ['total', 'tot', 'sum', 'ptot', 'etotal', 'all'];

/** @param hintOf what Home Assistant's discovery says of a place */
export function candidatesOf(
  places: readonly Place[],
  hintOf: (place: Place) => Hint | undefined,
): Candidate[] {
  const read = places.flatMap((place) => candidateOf(place, hintOf(place)) ?? []).filter(isPossible);
  return read.map((each) => (isLonePhase(each, read) ? withoutPhase(each) : each));
}

function candidateOf(place: Place, hint: Hint | undefined): Candidate | undefined {
  const own = wordsOf(place.names[0] ?? '');
  const above = place.names.slice(1, 4).flatMap(wordsOf);
  const phase = phaseOf(own) ?? phaseAbove(own, above);
  const rest = phase?.rest ?? own;
  const meaning: Meaning | undefined = hint ?? meaningOf(rest) ?? meaningOf([...rest, ...above]);
  if (meaning === undefined) return undefined;
  const beside = place.unitText === undefined ? undefined : writtenUnit(place.unitText, meaning.quantity);
  // A unit that measures something else than the name says: nobody knows which of the two is right.
  if (
    place.unitText !== undefined &&
    beside === undefined &&
    /^[a-zA-Z°%/²³0-9]{1,6}$/.test(place.unitText) &&
    hint === undefined
  )
    return undefined;
  const unit = hint?.unit ?? beside ?? meaning.unit ?? writtenAbove(above, meaning.quantity);
  return {
    place,
    quantity: meaning.quantity,
    phase: phase?.phase,
    isDaily: meaning.isDaily === true,
    isTotal: [...own, ...above].some((word) => TOTAL_WORDS.includes(word)),
    unit,
    unitFrom:
      unit === undefined
        ? undefined
        : hint?.unit !== undefined
          ? 'home-assistant'
          : beside
            ? 'beside'
            : 'name',
  };
}

/** `{ "L1": { "voltage": … } }`: the phase is the level above. */
function phaseAbove(own: readonly string[], above: readonly string[]) {
  const phase = phaseOf(above);
  const isClear = phase !== undefined && phase.rest.length === above.length - 2;
  return isClear ? { phase: phase.phase, rest: [...own] } : undefined;
}

function writtenAbove(above: readonly string[], quantity: Quantity): UnitName | undefined {
  return meaningOf(above)?.quantity === quantity ? meaningOf(above)?.unit : undefined;
}

/** `a_power` and `power2` name a phase only where the two others stand beside it. */
function isLonePhase(each: Candidate, all: readonly Candidate[]): boolean {
  if (each.phase === undefined || each.phase === 1) {
    return each.phase === 1 && !all.some((other) => other.quantity === each.quantity && other.phase === 2);
  }
  return !all.some((other) => other.quantity === each.quantity && other.phase === 1);
}

function withoutPhase(each: Candidate): Candidate {
  return { ...each, phase: undefined };
}
