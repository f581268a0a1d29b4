/**
 * Candidates → fields of a profile, with a reason for each, and questions where two answers are possible. An answer is a
 * person's; what is not answered is left out, never guessed.
 */
import type { Quantity } from '#lib/energy/quantity.ts';
import type { UnitName } from '../../decode/units.ts';
import type { Candidate } from './candidate.ts';
import { possibleChoices } from './unit-choices.ts';
import { tellUnit } from './units-told.ts';

export interface SuggestedField {
  /** one; three for the phases; several with `sum` are added */
  readonly places: readonly Candidate['place'][];
  readonly to: Quantity | readonly Quantity[];
  readonly unit: UnitName | undefined;
  readonly isSum: boolean;
  readonly register: 'persistent' | 'daily' | undefined;
}

/** Codes, for pages in any language; `place` is a path or the topic's last level. */
export interface Reason {
  readonly code:
    | 'name-and-unit'
    | 'unit-beside'
    | 'home-assistant'
    | 'usual-unit'
    | 'power-time'
    | 'volt-ampere'
    | 'answered'
    | 'own-unit'
    | 'sum-asked'
    | 'phases-left'
    | 'daily-left'
    | 'total-chosen';
  readonly place: string;
  readonly quantity: Quantity;
  readonly unit?: UnitName;
}

export interface Question {
  /** what an answer names; the same as long as the same is asked */
  readonly id: string;
  readonly code: 'unit' | 'sum' | 'which';
  readonly quantity: Quantity;
  readonly place: string;
  /** newest numbers, to know the unit by */
  readonly shown: readonly number[];
  readonly options: readonly string[];
  readonly answer: string | undefined;
}

/** `unit /energy=kWh`: what was asked, and what was answered. */
export type Answers = readonly string[];

export interface Decision {
  readonly fields: readonly SuggestedField[];
  readonly reasons: readonly Reason[];
  readonly questions: readonly Question[];
}

export function decide(candidates: readonly Candidate[], answers: Answers, canSum: boolean): Decision {
  const maker = new Decider(candidates, answers, canSum);
  // Register and power first: they are what a camp is metered by.
  const order: readonly Quantity[] = ['activePowerW', 'energyForwardWh', 'energyReverseWh'];
  const all = new Set([...order, ...candidates.map(({ quantity }) => quantity)]);
  for (const quantity of all) maker.decide(quantity);
  return maker;
}

class Decider implements Decision {
  readonly fields: SuggestedField[] = [];
  readonly reasons: Reason[] = [];
  readonly questions: Question[] = [];
  readonly #answers: Answers;
  readonly #canSum: boolean;
  /** with units filled in as they become known */
  #candidates: Candidate[];

  constructor(candidates: readonly Candidate[], answers: Answers, canSum: boolean) {
    this.#candidates = [...candidates];
    this.#answers = answers;
    this.#canSum = canSum;
  }

  decide(quantity: Quantity): void {
    const mine = this.#candidates.filter((each) => each.quantity === quantity);
    const lists = mine.filter(({ place }) => place.length !== undefined);
    const phases = mine.filter(({ phase, place }) => phase !== undefined && place.length === undefined);
    const single = this.#chosen(
      quantity,
      mine.filter((each) => each.phase === undefined && !lists.includes(each)),
    );
    if (single !== undefined) this.#field([single], quantity);
    if (quantity === 'voltageV' || quantity === 'currentL1A') {
      this.#perPhase(quantity, phases, lists, single);
      return;
    }
    const [list] = lists;
    const parts = list === undefined ? phases : [list];
    if (parts.length === 0) return;
    if (single !== undefined) this.#tell('phases-left', single, undefined);
    else if (parts.length === 3 || list?.place.length === 3) this.#summed(quantity, parts);
  }

  /** Of several, the one whose name says total, or the one a person names. */
  #chosen(quantity: Quantity, singles: readonly Candidate[]): Candidate | undefined {
    const lasting = singles.filter(({ isDaily }) => !isDaily);
    const [first] = singles;
    if (lasting.length > 0 && lasting.length < singles.length && first !== undefined)
      this.#tell('daily-left', first, undefined);
    const rivals = lasting.length > 0 ? lasting : singles;
    if (rivals.length <= 1) return rivals[0];
    const totals = rivals.filter(({ isTotal }) => isTotal);
    if (totals[0] !== undefined && totals.length === 1) {
      this.#tell('total-chosen', totals[0], undefined);
      return totals[0];
    }
    if (new Set(rivals.map(({ place }) => place.path)).size === 1) return rivals[0];
    const options = rivals.map(({ place }) => place.path);
    const answer = this.#ask({
      id: `which ${quantity}`,
      code: 'which',
      quantity,
      place: options[0] ?? '',
      shown: [],
      options,
    });
    return rivals.find(({ place }) => place.path === answer);
  }

  #perPhase(
    quantity: 'voltageV' | 'currentL1A',
    phases: readonly Candidate[],
    lists: readonly Candidate[],
    single: Candidate | undefined,
  ): void {
    const names: readonly Quantity[] =
      quantity === 'voltageV'
        ? ['voltageL1V', 'voltageL2V', 'voltageL3V']
        : ['currentL1A', 'currentL2A', 'currentL3A'];
    // One current without a phase stands as L1's: the two together would be two values of one quantity.
    if (quantity === 'currentL1A' && single !== undefined) return;
    const [list] = lists;
    if (list?.place.length === 3) this.#field([list], names);
    else
      for (const phase of phases) {
        const to = names[(phase.phase ?? 1) - 1];
        if (to !== undefined) this.#field([phase], to);
      }
  }

  /** The sum of the phases is the device's total only where somebody says so. */
  #summed(quantity: Quantity, parts: readonly Candidate[]): void {
    const [first] = parts;
    if (first === undefined || !this.#canSum) return;
    const answer = this.#ask({
      id: `sum ${first.place.path}`,
      code: 'sum',
      quantity,
      place: parts.map(({ place }) => place.path).join(' + '),
      shown: parts.map(({ place }) => place.observed.at(-1)?.value ?? 0),
      options: ['sum'],
    });
    if (answer === 'sum') this.#field(parts, quantity, true);
  }

  #field(parts: readonly Candidate[], to: Quantity | readonly Quantity[], isSum = false): void {
    const [first] = parts;
    if (first === undefined) return;
    const unit = this.#unitOf(first);
    if (unit === 'open') return;
    this.#candidates = this.#candidates.map((each) => (each === first ? { ...each, unit } : each));
    const isCounter =
      first.quantity.startsWith('energy') || ['fuelUsedL', 'runTimeS', 'starts'].includes(first.quantity);
    const register = !isCounter ? undefined : first.isDaily ? 'daily' : 'persistent';
    this.fields.push({ places: parts.map(({ place }) => place), to, unit, isSum, register });
    if (isSum) this.#tell('sum-asked', first, unit);
  }

  /** Told, answered, or open. */
  #unitOf(candidate: Candidate): UnitName | undefined | 'open' {
    const { place, quantity, unit, unitFrom } = candidate;
    if (unit !== undefined && unitFrom !== undefined) {
      const codes = {
        name: 'name-and-unit',
        beside: 'unit-beside',
        'home-assistant': 'home-assistant',
      } as const;
      this.#tell(codes[unitFrom], candidate, unit);
      return unit;
    }
    const told = tellUnit(candidate, this.#candidates);
    if (told !== undefined) {
      this.#tell(
        told.by === 'none' ? 'own-unit' : told.by === 'usual' ? 'usual-unit' : told.by,
        candidate,
        told.unit,
      );
      return told.unit;
    }
    const options = possibleChoices(candidate);
    const shown = place.observed.slice(-3).map(({ value }) => value);
    const answer = this.#ask({
      id: `unit ${place.path}`,
      code: 'unit',
      quantity,
      place: place.path,
      shown,
      options,
    });
    const found = options.find((option) => option === answer);
    if (found !== undefined) this.#tell('answered', candidate, found);
    return found ?? 'open';
  }

  #ask(question: Omit<Question, 'answer'>): string | undefined {
    const answer = question.options.find((option) => this.#answers.includes(`${question.id}=${option}`));
    this.questions.push({ ...question, answer });
    return answer;
  }

  #tell(code: Reason['code'], { place, quantity }: Candidate, unit: UnitName | undefined): void {
    this.reasons.push({ code, place: place.path, quantity, ...(unit !== undefined && { unit }) });
  }
}
