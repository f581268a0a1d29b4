/**
 * What was last written of each meter's day, so that a flush sends the intervals that changed and not all of the day:
 * with thousands of meters, 96 lines each every few seconds would cost InfluxDB more than all readings do.
 *
 * Of each interval a digest of 64 bits is kept. While a write is under way nothing counts as written: after a fault
 * nobody knows which of its lines arrived, so the whole day goes out again.
 */
import { INTERVALS_PER_DAY, type EnergyInterval, type MeterDay } from '../../../energy/interval.ts';
import { INTERVAL_FIELDS, POWER_FIELDS } from '../fields.ts';

export interface DayChanges {
  /** 1 for each interval, by index, that has to be written */
  readonly changed: Uint8Array;
  readonly key: string;
  /** how often everything had been forgotten when this was begun */
  readonly generation: number;
  /** two words an interval; both 0 where nothing is known */
  readonly digests: Uint32Array;
}

export interface WrittenDays {
  /** What differs from what was last written. Until {@link settle} the day counts as never written. */
  begin(day: MeterDay): DayChanges;
  /** To be called when the write has succeeded. */
  settle(changes: readonly DayChanges[]): void;
  /** The store may have lost what was written: everything goes out again. */
  forget(): void;
}

/** Days of 10,000 meters at the turn of the day, some 25 MB at most; whichever was not written for longest goes first. */
const MAX_DAYS = 30_000;

export function createWrittenDays(maxDays = MAX_DAYS): WrittenDays {
  const byKey = new Map<string, Uint32Array>();
  let generation = 0;

  return {
    begin({ meter, day, intervals }) {
      const key = `${meter.key} ${String(day)}`;
      const before = byKey.get(key);
      byKey.delete(key);
      const digests = new Uint32Array(INTERVALS_PER_DAY * 2);
      const changed = new Uint8Array(INTERVALS_PER_DAY);
      for (const [index, interval] of intervals.entries()) {
        if (interval !== null) digest(interval, digests, index * 2);
        const isSame =
          before?.[index * 2] === digests[index * 2] && before?.[index * 2 + 1] === digests[index * 2 + 1];
        if (!isSame) changed[index] = 1;
      }
      return { changed, key, generation, digests };
    },
    settle(changes) {
      for (const { key, digests, generation: begunIn } of changes) {
        if (begunIn !== generation) continue;
        byKey.delete(key);
        const oldest = byKey.keys().next();
        if (byKey.size >= maxDays && oldest.done !== true) byKey.delete(oldest.value);
        byKey.set(key, digests);
      }
    },
    forget() {
      generation += 1;
      byKey.clear();
    },
  };
}

const FIELDS = [...INTERVAL_FIELDS, ...POWER_FIELDS] as const;
const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);

/** Two independent multiplicative hashes over the bits of all fields; a power nobody told is NaN, which no value is. */
function digest(interval: EnergyInterval, into: Uint32Array, place: number): void {
  let a = 0x9e3779b1;
  let b = 0x85ebca77;
  for (const name of FIELDS) {
    number[0] = interval[name] ?? NaN;
    const low = words[0] as number;
    const high = words[1] as number;
    a = Math.imul(a ^ low, 0x01000193);
    a = Math.imul(a ^ (a >>> 15) ^ high, 0x2c1b3c6d);
    b = Math.imul(b ^ high, 0x297a2d39);
    b = Math.imul(b ^ (b >>> 13) ^ low, 0x5bd1e995);
  }
  into[place] = a ^ (a >>> 16);
  // Never 0: that means unknown.
  into[place + 1] = (b ^ (b >>> 16)) | 1;
}
