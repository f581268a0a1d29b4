/**
 * Brings one meter's late days up to date from its raw readings: from the first day a late reading touches,
 * day after day, until a day starts as it already did. The result is the same to the byte as if all had
 * come in order.
 */
import { initialState } from '#lib/energy/account-state.ts';
import { firstDayTouched, isSettled, utcDayOf } from '#lib/energy/checkpoint.ts';
import { replacesIn } from '#lib/energy/correction.ts';
import { DAY_MS, type MeterDay } from '#lib/energy/interval.ts';
import type { Reading, Values } from '#lib/energy/reading.ts';
import { mergeReadings } from '#lib/energy/recompute.ts';
import { isClosed, openLateDays } from './closed-days.ts';
import { beginWhereKept, type Begin } from './kept-begin.ts';
import { lastAccountedDay } from './known-day.ts';
import { take, unknownDay, type LateInstants, type MeterAccount } from './meter-account.ts';
import type { Pace } from './pace.ts';
import { replay, type RawStore, type Replayed } from './replay.ts';

export type { RawStore } from './replay.ts';

export interface RecomputeParts {
  readonly store: RawStore;
  readonly pace: Pace;
  /** the first UTC day of which all raw readings are kept: stored days before it stand */
  readonly keptFromDay: number;
}

/** @throws AppError of the store, and what was late then still is; Stopped */
export async function recomputeMeter(account: MeterAccount, parts: RecomputeParts): Promise<void> {
  const late = new Map(account.late);
  const taken: ReadonlyMap<number, Values>[] = [];
  account.waiting = [];
  try {
    if (account.isToRestart) taken.push(await recomputeAll(account, parts));
    else await recomputeLate(account, { ...parts, late: openLateDays(account, parts.keptFromDay), taken });
    await fillOutside(account, parts, late.keys());
    for (const day of late.keys()) account.late.delete(day);
    account.isToRestart = false;
  } finally {
    const { waiting } = account;
    account.waiting = null;
    for (const reading of waiting) if (!taken.some((met) => holds(met, reading))) take(account, reading);
  }
}

/** Whether the replay has taken this very reading in already. */
function holds(met: ReadonlyMap<number, Values>, { at, values }: Reading): boolean {
  const known = met.get(at);
  return (
    known !== undefined &&
    Object.entries(values).every(([quantity, value]) => known[quantity as keyof Values] === value)
  );
}

/**
 * Every day from the very first reading on, none of which starts as it did. Returns the readings met. Where older
 * readings were removed, the last day before is there, closed: it brings the state up by the new rules.
 */
async function recomputeAll(
  account: MeterAccount,
  parts: RecomputeParts,
): Promise<ReadonlyMap<number, Values>> {
  const { store, pace } = parts;
  const first = await store.readingFrom(account.meter, 0);
  const firstDay = first === undefined ? 0 : utcDayOf(first.at);
  const course = { ...courseOf(account, store), firstDay, start: initialState(), lateDay: Infinity };
  const made = await replay(course, store, pace);
  await putInPlace(account, made, parts);
  return made.met;
}

interface Lateness extends RecomputeParts {
  readonly late: ReadonlyMap<number, LateInstants>;
  /** collects what was met of the readings that wait, so that they are not taken twice */
  readonly taken: ReadonlyMap<number, Values>[];
}

async function recomputeLate(account: MeterAccount, lateness: Lateness): Promise<void> {
  const { store } = lateness;
  let stopDay = -Infinity;
  for (const stretch of await stretchesOf(account, lateness)) {
    if (stretch.lastDay < stopDay) continue;
    // An earlier stretch may have moved what this one starts with.
    const isMoved = stretch.firstDay < stopDay;
    const rest = isMoved ? await lastKnownDay(account, store, stretch.firstDay) : undefined;
    const from = rest === undefined ? stretch : { ...stretch, firstDay: rest.day, start: rest.start };
    stopDay = await recomputeStretch(account, { ...lateness, ...from });
  }
  if (account.state !== null) return;
  // The late days were old ones: the account still has to reach its newest reading before it can go on.
  const newest = await store.readingBefore(account.meter, Number.MAX_SAFE_INTEGER);
  if (newest === undefined) {
    account.state = initialState();
    return;
  }
  const day = utcDayOf(newest.at);
  const begin = await placeToBegin(account, lateness, { day, at: 'any' });
  await recomputeStretch(account, { ...lateness, ...begin, lastDay: day });
}

interface Stretch extends Begin {
  /** the last of its late days */
  lastDay: number;
}

/**
 * The late days, each with the days before it that its readings reach back into; those that meet are one
 * stretch, and read once. Reach is told by the starts as they were: a reading that is late as well can only
 * have shortened it, and reaches back by itself.
 */
async function stretchesOf(account: MeterAccount, lateness: Lateness): Promise<Stretch[]> {
  const { store, late } = lateness;
  const stretches: Stretch[] = [];
  for (const [day, at] of [...late].sort(([a], [b]) => a - b)) {
    const before = stretches.at(-1);
    const known = await lastKnownDay(account, store, day);
    const isWithin =
      before?.lastDay === day - 1 && known?.day === day && isSettled(known.start, before.firstDay * DAY_MS);
    if (isWithin) {
      before.lastDay = day;
      continue;
    }
    let begin = await placeToBegin(account, lateness, { day, at });
    for (let met = stretches.at(-1); met !== undefined; met = stretches.at(-1)) {
      if (begin.firstDay > met.lastDay + 1) break;
      if (met.firstDay <= begin.firstDay) begin = met;
      stretches.pop();
    }
    stretches.push({ firstDay: begin.firstDay, start: begin.start, lastDay: day });
  }
  return stretches;
}

/** Days that no reading entered, and that a correction fills or filled until now. */
async function fillOutside(
  account: MeterAccount,
  { store, keptFromDay }: RecomputeParts,
  days: Iterable<number>,
): Promise<void> {
  const { meter, rules } = account;
  for (const day of days) {
    if (account.days.has(day) || (await isClosed(store, { meter, day }, keptFromDay))) continue;
    if (!replacesIn(rules.overlay, day) && (await store.readMeterDay(meter, day)) === undefined) continue;
    account.outside.set(day, { meter, day, start: initialState(), intervals: unknownDay() });
  }
}

/** Recomputes a stretch, and what it moves. Returns the first day that was left as it is. */
async function recomputeStretch(
  account: MeterAccount,
  { firstDay, start, lastDay, ...late }: Lateness & Stretch,
): Promise<number> {
  const { store, pace } = late;
  const before = account.state;
  const course = { ...courseOf(account, store), firstDay, start, lateDay: lastDay };
  const made = await replay(course, store, pace);
  await putInPlace(account, made, late);
  // A reading that came meanwhile may reach back to before the first day, where this replay has not been:
  // unless every channel is known to have spoken since, it is late and has its own day recomputed.
  const reachesNoFurther = start.lastAt === null || (before !== null && isSettled(before, firstDay * DAY_MS));
  if (made.stopDay === Infinity && reachesNoFurther) late.taken.push(made.met);
  return made.stopDay;
}

function courseOf(account: MeterAccount, store: RawStore) {
  return {
    meter: account.meter,
    rules: account.rules,
    newest: account.state,
    startOf: async (day: number) =>
      (account.days.get(day) ?? (await store.readMeterDay(account.meter, day)))?.start,
  };
}

async function putInPlace(
  account: MeterAccount,
  { days, stopDay, end }: Replayed,
  { store, keptFromDay }: RecomputeParts,
): Promise<void> {
  const closed = new Set<number>();
  for (const [day, made] of days) if (await isClosed(store, made, keptFromDay)) closed.add(day);
  // In one turn of the event loop: days and state belong together.
  for (const [day, made] of days) {
    if (closed.has(day)) continue;
    account.days.set(day, made);
    account.changed.add(day);
  }
  if (stopDay === Infinity) account.state = end;
}

/** Where to begin for one late day: the last known day at or before it, or the one that its readings reach back into. */
async function placeToBegin(
  account: MeterAccount,
  parts: RecomputeParts,
  late: { readonly day: number; readonly at: LateInstants },
): Promise<Begin> {
  const { store, keptFromDay } = parts;
  const begin = await placeReached(account, store, late);
  return beginWhereKept(store, account.meter, { begin, keptFromDay });
}

async function placeReached(
  account: MeterAccount,
  store: RawStore,
  { day, at }: { readonly day: number; readonly at: LateInstants },
): Promise<Begin> {
  const known = await lastKnownDay(account, store, day);
  if (known === undefined) return { firstDay: day, start: initialState() };
  // Between the last known day and this one nothing is known: they are recomputed as one.
  const readings = await store.readReadings(account.meter, {
    from: known.day * DAY_MS,
    to: (day + 1) * DAY_MS,
  });
  const ofDay = readings.map((reading) => reading.at).filter((each) => each >= day * DAY_MS);
  const touched = firstDayTouched({
    start: known.start,
    day: known.day,
    readings: mergeReadings(readings),
    lateAts: at === 'any' ? new Set(ofDay) : at,
    rules: account.rules,
  });
  if (touched >= known.day) return { firstDay: known.day, start: known.start };
  const earlier = await lastKnownDay(account, store, touched);
  return earlier === undefined
    ? { firstDay: touched, start: initialState() }
    : { firstDay: earlier.day, start: earlier.start };
}

async function lastKnownDay(
  account: MeterAccount,
  store: RawStore,
  day: number,
): Promise<MeterDay | undefined> {
  const held = [...account.days.keys()].filter((each) => each <= day);
  const inMemory = held.length > 0 ? account.days.get(Math.max(...held)) : undefined;
  if (inMemory?.day === day) return inMemory;
  const stored = await lastAccountedDay(store, account.meter, day);
  if (stored === undefined || (inMemory !== undefined && inMemory.day >= stored.day)) return inMemory;
  return stored;
}
