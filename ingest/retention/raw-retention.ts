/**
 * Raw readings for as long as somebody wants to pay for them (`RAW_RETENTION_DAYS`): once a day the older ones are
 * removed, meter by meter and in small parts. Intervals and ledger are kept for ever; what they say of days without raw
 * readings can no longer be worked out anew, so it stands, and a reading that comes for such a day is refused and kept whole.
 */
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { localDateOf } from '#lib/energy/calendar.ts';
import { utcDayOf } from '#lib/energy/checkpoint.ts';
import { DAY_MS } from '#lib/energy/interval.ts';
import type { MeterRef, Reading } from '#lib/energy/reading.ts';
import type { Store } from '#lib/server/store/store.ts';
import type { Decoded } from '../decode/message.ts';
import { RejectionList } from '../decode/rejection-list.ts';
import { ALL_KEPT, readKeptFrom, writeKeptFrom } from './kept-from.ts';

export type SweptStore = Pick<Store, 'listMeters' | 'readingBefore' | 'readingFrom' | 'dropReadings'>;

export interface RetentionParts {
  readonly journal: DatabaseSync;
  readonly store: SweptStore;
  /** undefined: for ever */
  readonly days: number | undefined;
  readonly onFault: (error: unknown) => void;
}

/** Between two transactions of removing: delivery comes first. */
const REST_MS = 25;
/** After a fault, so that a store that is away is not asked all the time. */
const RETRY_MS = 60_000;

export class RawRetention {
  readonly #parts: RetentionParts;
  #keptFromDay: number;
  #sweptDay = ALL_KEPT;
  #isStopped = false;
  #failedAt = -Infinity;
  #running: Promise<void> | undefined;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
    this.#keptFromDay = readKeptFrom(parts.journal);
  }

  /** The first UTC day, since 1970-01-01, of which all raw readings are kept. */
  get keptFromDay(): number {
    return this.#keptFromDay;
  }

  /** Without the readings of days whose raw readings are gone: each is a rejection. */
  withoutTooOld(decoded: Decoded): Decoded {
    if (this.#keptFromDay === ALL_KEPT) return decoded;
    const from = this.#keptFromDay * DAY_MS;
    if (!decoded.readings.some(({ at }) => at < from)) return decoded;
    const refused = new RejectionList();
    const readings = decoded.readings.filter((reading) => {
      if (reading.at >= from) return true;
      refused.add('beyond-retention', () => tooOld(reading, this.#keptFromDay));
      return false;
    });
    return { ...decoded, readings, rejections: [...decoded.rejections, ...refused.toArray()] };
  }

  /**
   * Begins a sweep when one is due at `now` (epoch ms): once a UTC day. To be called when every stored reading is
   * accounted: the days before the new boundary are closed with it.
   */
  round(now: number): void {
    const { days, onFault } = this.#parts;
    if (days === undefined || this.#running !== undefined || this.#isStopped) return;
    const day = utcDayOf(now) - days;
    if (day <= this.#sweptDay || now - this.#failedAt < RETRY_MS) return;
    this.#running = this.sweep(day)
      .catch((error: unknown) => {
        this.#failedAt = now;
        onFault(error);
      })
      .finally(() => (this.#running = undefined));
  }

  /**
   * Closes the UTC days before `day` (since 1970-01-01) and removes their raw readings. Done again after a fault, or by the
   * next start, it does no harm. @throws AppError of the store or the journal
   */
  async sweep(day: number): Promise<void> {
    const { store, journal } = this.#parts;
    // First the promise not to account those days again, then what makes it necessary.
    writeKeptFrom(journal, day);
    this.#keptFromDay = Math.max(this.#keptFromDay, day);
    for (const { meter } of await store.listMeters()) {
      if (this.#isStopped) return;
      await this.#sweepMeter(meter, day);
    }
    this.#sweptDay = day;
  }

  /** Resolves when nothing is being removed any more. Never fails. */
  async close(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  /**
   * The last day before the boundary on which the meter spoke is kept whole: a meter that was silent since goes on from
   * there, and no meter is forgotten.
   */
  async #sweepMeter(meter: MeterRef, day: number): Promise<void> {
    const { store } = this.#parts;
    const last = await store.readingBefore(meter, day * DAY_MS);
    if (last === undefined) return;
    const before = utcDayOf(last.at) * DAY_MS;
    let isDone = ((await store.readingFrom(meter, 0))?.at ?? before) >= before;
    while (!isDone && !this.#isStopped) {
      isDone = await store.dropReadings(meter, before);
      await pause(REST_MS);
    }
  }
}

function tooOld({ meter, at }: Reading, keptFromDay: number): string {
  return `${meter.key} at ${new Date(at).toISOString()}: raw readings are kept from ${localDateOf(keptFromDay * DAY_MS, 'UTC')} on, earlier days are closed`;
}
