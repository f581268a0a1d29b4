/**
 * Brings one meter's late days up to date from its raw readings: from the first day a late reading touches,
 * day after day, until a day starts as it already did. The result is the same to the byte as if all had
 * come in order.
 */
import { initialState, isSameState, type AccountState } from '#lib/energy/account-state.ts';
import { firstDayTouched, utcDayOf } from '#lib/energy/checkpoint.ts';
import { DAY_MS, type MeterDay } from '#lib/energy/interval.ts';
import type { Reading, Values } from '#lib/energy/reading.ts';
import { mergeReadings, recomputeDays } from '#lib/energy/recompute.ts';
import type { Store } from '#lib/server/store/store.ts';
import { take, type MeterAccount } from './meter-account.ts';

/** Days recomputed with one question to the store. */
const CHUNK_DAYS = 16;
/** How far after a chunk a channel is looked for that has not spoken again, days. */
const LOOK_AHEAD_DAYS = 32;

export type RawStore = Pick<
  Store,
  'readReadings' | 'readingBefore' | 'readingFrom' | 'readMeterDay' | 'lastMeterDay'
>;

/** @throws AppError of the store; what was late then still is */
export async function recomputeMeter(account: MeterAccount, store: RawStore): Promise<void> {
  const late = new Map(account.late);
  account.waiting = [];
  const seen = new Map<number, Values>();
  try {
    if (account.isToRestart) await recomputeAll(account, store, seen);
    const lateDays = account.isToRestart ? [] : [...late.keys()].sort((a, b) => a - b);
    let doneTo = -Infinity;
    for (const day of lateDays) {
      if (day <= doneTo) continue;
      doneTo = await recomputeFrom(account, store, { day, lateAts: late.get(day) ?? new Set(), seen });
    }
    if (account.state === null) await bringUp(account, store, seen);
    for (const day of late.keys()) account.late.delete(day);
    account.isToRestart = false;
  } finally {
    const waiting = account.waiting;
    account.waiting = null;
    for (const reading of waiting) if (!isIncluded(reading, seen)) take(account, reading);
  }
}

/** The late days were old ones: the account still has to reach its newest reading before it can go on from there. */
async function bringUp(account: MeterAccount, store: RawStore, seen: Map<number, Values>): Promise<void> {
  const newest = await store.readingBefore(account.meter, Number.MAX_SAFE_INTEGER);
  if (newest === undefined) return;
  await recomputeFrom(account, store, { day: utcDayOf(newest.at), lateAts: new Set([newest.at]), seen });
}

/** Whether recomputation has read this very reading already. */
function isIncluded({ at, values }: Reading, seen: ReadonlyMap<number, Values>): boolean {
  const known = seen.get(at);
  return (
    known !== undefined &&
    Object.entries(values).every(([quantity, value]) => known[quantity as keyof Values] === value)
  );
}

interface LateDay {
  readonly day: number;
  readonly lateAts: ReadonlySet<number>;
  /** collects what was read, so that readings that waited are not taken twice */
  readonly seen: Map<number, Values>;
}

/** Recomputes from `late.day` on. Returns the last day that is now as it should be. */
async function recomputeFrom(account: MeterAccount, store: RawStore, late: LateDay): Promise<number> {
  return recomputeDaysFrom(account, store, {
    ...late,
    ...(await firstDay(account, store, late)),
    lateDay: late.day,
  });
}

/** The rules changed: every day from the very first reading on, none of which starts as it did. */
async function recomputeAll(
  account: MeterAccount,
  store: RawStore,
  seen: Map<number, Values>,
): Promise<void> {
  const first = await store.readingFrom(account.meter, 0);
  if (first === undefined) return;
  const day = utcDayOf(first.at);
  await recomputeDaysFrom(account, store, { day, lateDay: Infinity, start: initialState(), seen });
}

interface Course {
  /** the day to begin with, and what it starts with */
  readonly day: number;
  readonly start: AccountState;
  /** not before this day may recomputation stop because a day starts as it already did */
  readonly lateDay: number;
  readonly seen: Map<number, Values>;
}

async function recomputeDaysFrom(account: MeterAccount, store: RawStore, course: Course): Promise<number> {
  let { day, start } = course;
  const { lateDay, seen } = course;
  const newestAt = (await store.readingBefore(account.meter, Number.MAX_SAFE_INTEGER))?.at;
  const newestDay = newestAt === undefined ? day : utcDayOf(newestAt);
  for (;;) {
    const lastDay = Math.min(day + CHUNK_DAYS - 1, Math.max(newestDay, day));
    const end = await recomputeChunk(account, store, { start, firstDay: day, lastDay, seen });
    const next = await startOf(account, store, lastDay + 1);
    if (next !== undefined && lastDay >= lateDay && isSameState(end, next.start)) return lastDay;
    if (lastDay >= newestDay) {
      const later = await store.readingFrom(account.meter, (lastDay + 1) * DAY_MS);
      if (later === undefined) {
        account.state = end;
        return lastDay;
      }
    }
    day = lastDay + 1;
    start = end;
  }
}

interface Chunk {
  readonly start: AccountState;
  readonly firstDay: number;
  readonly lastDay: number;
  readonly seen: Map<number, Values>;
}

async function recomputeChunk(account: MeterAccount, store: RawStore, chunk: Chunk): Promise<AccountState> {
  const { start, firstDay, lastDay, seen } = chunk;
  const from = firstDay * DAY_MS;
  let to = (lastDay + 1) * DAY_MS;
  const newest = account.state === null ? {} : { newest: account.state };
  const readings = await store.readReadings(account.meter, { from, to });
  // Only the newest chunk is remembered: what waited meanwhile is of now.
  seen.clear();
  for (const { at, values } of readings) seen.set(at, values);
  for (let ahead = 0; ; ahead += 1) {
    const result = recomputeDays({
      start,
      firstDay,
      lastDay,
      readings: mergeReadings(readings),
      rules: account.rules,
      ...newest,
    });
    const after =
      result.settled || ahead >= LOOK_AHEAD_DAYS ? undefined : await store.readingFrom(account.meter, to);
    if (after !== undefined) {
      // Energy across the chunk's end belongs to both sides: read on until each channel has spoken.
      readings.push(after);
      to = after.at + 1;
      continue;
    }
    for (const [day, intervals] of result.days) {
      const began = result.startStates.get(day) ?? start;
      account.days.set(day, { meter: account.meter, day, start: began, intervals });
      account.changed.add(day);
    }
    return result.end;
  }
}

/** Where recomputation has to begin, and the state it begins with. */
async function firstDay(
  account: MeterAccount,
  store: RawStore,
  { day, lateAts }: LateDay,
): Promise<{ day: number; start: AccountState }> {
  const known = await lastKnownDay(account, store, day);
  if (known === undefined) return { day, start: initialState() };
  // Between the last known day and this one nothing is known: they are recomputed as one.
  if (known.day < day) return { day: known.day, start: known.start };
  const readings = await store.readReadings(account.meter, { from: day * DAY_MS, to: (day + 1) * DAY_MS });
  const touched = firstDayTouched({
    start: known.start,
    day,
    readings: mergeReadings(readings),
    // A day marked without instants is one a crash left behind: any of its readings may be the late one.
    lateAts: lateAts.size > 0 ? lateAts : new Set(readings.map(({ at }) => at)),
    rules: account.rules,
  });
  if (touched >= day) return { day, start: known.start };
  const earlier = await lastKnownDay(account, store, touched);
  return earlier === undefined
    ? { day: touched, start: initialState() }
    : { day: earlier.day, start: earlier.start };
}

async function startOf(account: MeterAccount, store: RawStore, day: number): Promise<MeterDay | undefined> {
  return account.days.get(day) ?? (await store.readMeterDay(account.meter, day));
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
