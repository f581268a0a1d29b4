/**
 * The ledger summed over each mission's camps, kept beside it in the measurement `mission_ledger`: HQ's five years
 * are then some thousands of points, not hundreds of thousands (docs/decisions/0008-mission-sums.md).
 *
 * A sum is always made of all entries of its period, never adjusted by a difference, and written after them. So
 * writing it twice changes nothing, and whatever a crash leaves out is made good when accounting, which was
 * not told that its write succeeded, writes the entries again.
 */
import { monthOf, monthPeriod } from '../../../energy/calendar.ts';
import { addAmounts, emptyTally, LEDGER_AMOUNTS, type LedgerEntry } from '../../../energy/ledger.ts';
import type { LedgerScope } from '../store.ts';
import { MISSION_LEDGER, readCamps, readSums } from './ledger.ts';
import { ledgerLine, seriesOf } from './line-protocol.ts';
import type { InfluxQueries } from './query.ts';

interface Month {
  readonly loadedAt: number;
  /** period → camp, source and owner → entry */
  readonly camps: Map<string, Map<string, LedgerEntry>>;
  /** period → source and owner → the sum as it was last written */
  readonly written: Map<string, Map<string, LedgerEntry>>;
}

/** Missions' months held in memory, a megabyte each with fifty camps: one or two of each mission that reports. */
const MAX_MONTHS = 40;
/** After this long a month is read again, in case another worker has taken the mission over meanwhile. */
const KEPT_MS = 5 * 60 * 1000;

export interface MissionSumsParts {
  readonly queries: InfluxQueries;
  readonly writeLines: (lines: readonly string[]) => Promise<void>;
}

export class MissionSums {
  readonly #parts: MissionSumsParts;
  readonly #months = new Map<string, Month>();
  #complete: Set<string> | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(parts: MissionSumsParts) {
    this.#parts = parts;
  }

  /** To be called when these entries are in the ledger; `replaced` is what they took the place of. @throws AppError */
  write(entries: readonly LedgerEntry[], replaced?: LedgerScope): Promise<void> {
    if (entries.length === 0 && replaced === undefined) return Promise.resolve();
    // One after the other: an older sum must not arrive after a newer one.
    const work = this.#last.then(() => this.#update(entries, replaced));
    this.#last = work.catch(() => undefined);
    return work;
  }

  /** The store may have lost what was written. */
  forget(): void {
    this.#months.clear();
    this.#complete = undefined;
  }

  async #update(entries: readonly LedgerEntry[], replaced?: LedgerScope): Promise<void> {
    const complete = (this.#complete ??= await this.#completeAll());
    const groups = Map.groupBy(entries, ({ mission, period }) => `${mission} ${monthOf(period)}`);
    const replacedKey = replaced && `${replaced.mission} ${monthOf(replaced.period)}`;
    if (replacedKey !== undefined && !groups.has(replacedKey)) groups.set(replacedKey, []);
    for (const [key, ofMonth] of groups) {
      const [mission = '', name = ''] = key.split(' ');
      const month = await this.#monthAt(mission, name);
      const periods = new Set(ofMonth.map(({ period }) => period));
      if (replaced !== undefined && key === replacedKey) {
        dropCamp(month, replaced);
        periods.add(replaced.period);
      }
      for (const entry of ofMonth) entriesOf(month.camps, entry.period).set(campKey(entry), entry);
      await this.#writeSums(month, periods, key);
      if (!complete.has(mission)) await this.#markComplete(mission, complete);
    }
  }

  async #writeSums(month: Month, periods: Iterable<string>, key: string): Promise<void> {
    try {
      await this.#parts.writeLines([...periods].flatMap((period) => changedLines(month, period)));
    } catch (error) {
      // Nobody knows which of them arrived.
      this.#months.delete(key);
      throw error;
    }
  }

  async #monthAt(mission: string, name: string): Promise<Month> {
    const key = `${mission} ${name}`;
    const known = this.#months.get(key);
    this.#months.delete(key);
    const isFresh = known !== undefined && performance.now() - known.loadedAt < KEPT_MS;
    const month = isFresh ? known : await load(this.#parts.queries, mission, name);
    const oldest = this.#months.keys().next();
    if (this.#months.size >= MAX_MONTHS && oldest.done !== true) this.#months.delete(oldest.value);
    this.#months.set(key, month);
    return month;
  }

  /** Ledgers that were written before there were sums: once, the first time this process writes. */
  async #completeAll(): Promise<Set<string>> {
    const { queries } = this.#parts;
    const complete = await completeMissions(queries);
    for (const mission of await missionsWithMonths(queries)) {
      if (complete.has(mission)) continue;
      const range = { level: 'month', from: '0001-01', to: '9999-12', mission } as const;
      const names = new Set((await readCamps(queries, range)).map(({ period }) => period));
      for (const name of names) {
        const month = await load(queries, mission, name);
        await this.#writeSums(month, [...month.camps.keys()], `${mission} ${name}`);
      }
      await this.#markComplete(mission, complete);
    }
    return complete;
  }

  async #markComplete(mission: string, complete: Set<string>): Promise<void> {
    const series = seriesOf(MISSION_LEDGER, { level: 'complete', mission });
    await this.#parts.writeLines([`${series} known=1 0`]);
    complete.add(mission);
  }
}

/** Whether every mission in the ledger has its sums; once they have, new missions get theirs with their first entry. */
export function createSumsCheck(queries: InfluxQueries): () => Promise<boolean> {
  let isComplete = false;
  return async () => {
    if (isComplete) return true;
    const [missions, marked] = await Promise.all([missionsWithMonths(queries), completeMissions(queries)]);
    isComplete = marked.size > 0 && missions.every((mission) => marked.has(mission));
    return isComplete;
  };
}

/** Missions of which every month has its sums. */
async function completeMissions(queries: InfluxQueries): Promise<Set<string>> {
  const series = await queries.ask(
    `SELECT last("known") FROM "${MISSION_LEDGER}" WHERE "level"='complete' AND time < 1ms GROUP BY "mission"`,
  );
  return new Set(series.map(({ tags }) => tags['mission'] ?? ''));
}

async function missionsWithMonths(queries: InfluxQueries): Promise<string[]> {
  // Out of the index: asked of the entries, it would open every series in every shard.
  const series = await queries.ask(
    `SHOW TAG VALUES FROM "ledger" WITH KEY = "mission" WHERE "level"='month'`,
  );
  return series.flatMap(({ rows }) => rows.map((row) => String(row['value'])));
}

async function load(queries: InfluxQueries, mission: string, month: string): Promise<Month> {
  const days = { level: 'day', ...monthPeriod(month), mission } as const;
  const whole = { level: 'month', from: month, to: month, mission } as const;
  const [ofDays, ofMonth, daySums, monthSums] = await Promise.all([
    readCamps(queries, days),
    readCamps(queries, whole),
    readSums(queries, days),
    readSums(queries, whole),
  ]);
  const held: Month = { loadedAt: performance.now(), camps: new Map(), written: new Map() };
  for (const entry of [...ofDays, ...ofMonth]) entriesOf(held.camps, entry.period).set(campKey(entry), entry);
  for (const sum of [...daySums, ...monthSums]) entriesOf(held.written, sum.period).set(ownerKey(sum), sum);
  return held;
}

function entriesOf(byPeriod: Month['camps'], period: string): Map<string, LedgerEntry> {
  const known = byPeriod.get(period) ?? new Map<string, LedgerEntry>();
  byPeriod.set(period, known);
  return known;
}

function ownerKey({ source, ownership, contributor = '' }: LedgerEntry): string {
  return `${source} ${ownership} ${contributor}`;
}

function campKey(entry: LedgerEntry): string {
  return `${entry.camp} ${ownerKey(entry)}`;
}

function dropCamp({ camps }: Month, { camp, period }: LedgerScope): void {
  const ofPeriod = camps.get(period);
  for (const [key, entry] of ofPeriod ?? []) if (entry.camp === camp) ofPeriod?.delete(key);
}

/** The lines that bring the sums of a period to what its entries add up to. */
function changedLines({ camps, written }: Month, period: string): string[] {
  const sums = new Map<string, LedgerEntry>();
  for (const [key, [first, ...rest]] of Map.groupBy(entriesOf(camps, period).values(), ownerKey)) {
    if (first === undefined) continue;
    const tally = emptyTally();
    for (const entry of [first, ...rest]) addAmounts(tally, entry);
    sums.set(key, { ...first, camp: '', ...tally });
  }
  const before = entriesOf(written, period);
  const lines: string[] = [];
  for (const [key, sum] of sums) {
    if (!isSame(before.get(key), sum)) lines.push(ledgerLine(sum, { measurement: MISSION_LEDGER }));
  }
  for (const [key, sum] of before) {
    if (!sums.has(key)) lines.push(ledgerLine(sum, { measurement: MISSION_LEDGER, withdrawn: true }));
  }
  written.set(period, sums);
  return lines;
}

function isSame(a: LedgerEntry | undefined, b: LedgerEntry): boolean {
  return a !== undefined && LEDGER_AMOUNTS.every((name) => a[name] === b[name]);
}
