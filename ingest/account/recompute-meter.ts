/**
 * Brings one meter's late days up to date from its raw readings: from the first day a late reading touches,
 * day after day, until a day starts as it already did. The result is the same to the byte as if all had
 * come in order.
 */
import { initialState, type AccountState } from '#lib/energy/account-state.ts';
import { firstDayTouched, isSettled, utcDayOf } from '#lib/energy/checkpoint.ts';
import { DAY_MS, type MeterDay } from '#lib/energy/interval.ts';
import type { Reading, Values } from '#lib/energy/reading.ts';
import { mergeReadings } from '#lib/energy/recompute.ts';
import { take, type LateInstants, type MeterAccount } from './meter-account.ts';
import type { Pace } from './pace.ts';
import { replay, type RawStore, type Replayed } from './replay.ts';

export type { RawStore } from './replay.ts';

/** @throws AppError of the store, and what was late then still is; Stopped */
export async function recomputeMeter(account: MeterAccount, store: RawStore, pace: Pace): Promise<void> {
  const late = new Map(account.late);
  const taken: ReadonlyMap<number, Values>[] = [];
  account.waiting = [];
  try {
    if (account.isToRestart) taken.push(await recomputeAll(account, store, pace));
    else await recomputeLate(account, store, { late, pace, taken });
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

/** Every day from the very first reading on, none of which starts as it did. Returns the readings met. */
async function recomputeAll(
  account: MeterAccount,
  store: RawStore,
  pace: Pace,
): Promise<ReadonlyMap<number, Values>> {
  const first = await store.readingFrom(account.meter, 0);
  const firstDay = first === undefined ? 0 : utcDayOf(first.at);
  const course = { ...courseOf(account, store), firstDay, start: initialState(), lateDay: Infinity };
  const made = await replay(course, store, pace);
  putInPlace(account, made);
  return made.met;
}

interface Lateness {
  readonly late: ReadonlyMap<number, LateInstants>;
  readonly pace: Pace;
  /** collects what was met of the readings that wait, so that they are not taken twice */
  readonly taken: ReadonlyMap<number, Values>[];
}

async function recomputeLate(account: MeterAccount, store: RawStore, lateness: Lateness): Promise<void> {
  let stopDay = -Infinity;
  for (const day of [...lateness.late.keys()].sort((a, b) => a - b)) {
    if (day < stopDay) continue;
    stopDay = await recomputeFrom(account, store, { ...lateness, day, at: lateness.late.get(day) ?? 'any' });
  }
  if (account.state !== null) return;
  // The late days were old ones: the account still has to reach its newest reading before it can go on.
  const newest = await store.readingBefore(account.meter, Number.MAX_SAFE_INTEGER);
  if (newest === undefined) account.state = initialState();
  else await recomputeFrom(account, store, { ...lateness, day: utcDayOf(newest.at), at: 'any' });
}

/** Recomputes one late day and what it moves. Returns the first day that was left as it is. */
async function recomputeFrom(
  account: MeterAccount,
  store: RawStore,
  late: Lateness & { readonly day: number; readonly at: LateInstants },
): Promise<number> {
  const { firstDay, start } = await placeToBegin(account, store, late);
  const before = account.state;
  const course = { ...courseOf(account, store), firstDay, start, lateDay: late.day };
  const made = await replay(course, store, late.pace);
  putInPlace(account, made);
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

function putInPlace(account: MeterAccount, { days, stopDay, end }: Replayed): void {
  for (const [day, made] of days) {
    account.days.set(day, made);
    account.changed.add(day);
  }
  if (stopDay === Infinity) account.state = end;
}

/** The day recomputation has to begin with, and what it starts with. */
async function placeToBegin(
  account: MeterAccount,
  store: RawStore,
  { day, at }: { readonly day: number; readonly at: LateInstants },
): Promise<{ firstDay: number; start: AccountState }> {
  const known = await lastKnownDay(account, store, day);
  if (known === undefined) return { firstDay: day, start: initialState() };
  // Between the last known day and this one nothing is known: they are recomputed as one.
  if (known.day < day) return { firstDay: known.day, start: known.start };
  const readings = await store.readReadings(account.meter, { from: day * DAY_MS, to: (day + 1) * DAY_MS });
  const touched = firstDayTouched({
    start: known.start,
    day,
    readings: mergeReadings(readings),
    lateAts: at === 'any' ? new Set(readings.map((reading) => reading.at)) : at,
    rules: account.rules,
  });
  if (touched >= day) return { firstDay: day, start: known.start };
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
  const stored = await store.lastMeterDay(account.meter, day);
  if (stored === undefined || (inMemory !== undefined && inMemory.day >= stored.day)) return inMemory;
  return stored;
}
