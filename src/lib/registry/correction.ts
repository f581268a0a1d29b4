/**
 * A correction on record: what it does, to which meter and time, and who made it when and why. It is never
 * changed: another one supersedes it, or it is withdrawn, and both stay on record.
 */
import type { InstantRange } from '../energy/calendar.ts';
import type { Corrected } from '../energy/correction.ts';
import { DAY_MS, INTERVAL_MS } from '../energy/interval.ts';
import type { MeterRef } from '../energy/reading.ts';

/** Whoever answers for a record. */
export interface Signature {
  readonly author: string;
  readonly reason: string;
  /** epoch ms */
  readonly madeAt: number;
}

interface Placed extends Corrected {
  readonly meter: MeterRef;
}

export interface NewCorrection extends Placed {
  /** the correction in force that this one takes the place of */
  readonly supersedes?: number;
}

export interface Correction extends Placed, Signature {
  /** ascending in the order they were made */
  readonly id: number;
  readonly supersedes: number | null;
}

/** A correction with how it ended, if it did. */
export interface CorrectionRecord extends Correction {
  readonly supersededBy: number | null;
  readonly withdrawn: Signature | null;
}

const EARLIEST_AT = Date.UTC(2000, 0, 1);
const MAX_REPLACED_DAYS = 400;
/** 100 GWh, 100 million litres: beyond what a camp takes in a year, and small enough to be divided exactly. */
const MAX_FIGURE = 1e11;
const MAX_FACTOR = 1000;

/** What is wrong with a correction, in sentences; empty when nothing is. `now` in epoch ms. */
export function problemsOf({ from, to, effect }: Corrected, now: number): string[] {
  const problems: string[] = [];
  if (!(Number.isSafeInteger(from) && Number.isSafeInteger(to) && from < to)) {
    return ['The range has to begin before it ends.'];
  }
  if (from < EARLIEST_AT) problems.push('The range begins before the year 2000.');
  if (to > now) {
    problems.push(
      `The range ends in the future, at ${iso(to)}: nobody can know yet. End it at ${iso(now)} or before.`,
    );
  }
  if (effect.kind === 'scale' && !(effect.factor > 0 && effect.factor <= MAX_FACTOR && effect.factor !== 1)) {
    problems.push(`The factor has to be above 0, at most ${String(MAX_FACTOR)}, and not 1.`);
  }
  if (effect.kind === 'replace') {
    if (from % INTERVAL_MS !== 0 || to % INTERVAL_MS !== 0) {
      problems.push('A figure replaces whole quarters of an hour: begin and end at :00, :15, :30 or :45.');
    }
    if (to - from > MAX_REPLACED_DAYS * DAY_MS) {
      problems.push(`A figure replaces at most ${String(MAX_REPLACED_DAYS)} days: part it.`);
    }
    problems.push(...figureProblems([effect.energyWh, effect.reverseWh, effect.fuelMl]));
  }
  return problems;
}

function figureProblems(figures: readonly (number | undefined)[]): string[] {
  const given = figures.filter((figure) => figure !== undefined);
  if (given.length === 0) return ['A replacement needs a figure: energy, reverse energy or fuel.'];
  return given.every((figure) => Number.isSafeInteger(figure) && figure >= 0 && figure <= MAX_FIGURE)
    ? []
    : [`A figure has to be a whole number of Wh or mL from 0 to ${String(MAX_FIGURE)}.`];
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** Whether both cannot be in force together: two scales of the same, or two replacements, of one meter and time. */
export function isRival(a: Placed, b: Placed): boolean {
  if (a.meter.key !== b.meter.key || a.from >= b.to || b.from >= a.to) return false;
  if (a.effect.kind === 'replace') return b.effect.kind === 'replace';
  return a.effect.kind === 'scale' && b.effect.kind === 'scale' && a.effect.of === b.effect.of;
}

/** The epoch days (UTC) that half-open ranges reach into. */
export function daysOfRanges(ranges: Iterable<InstantRange>): Set<number> {
  const days = new Set<number>();
  for (const { from, to } of ranges) {
    for (let day = Math.floor(from / DAY_MS); day * DAY_MS < to; day += 1) days.add(day);
  }
  return days;
}
