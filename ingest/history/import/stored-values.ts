/** What the store holds at the instants of a batch. */
import { DAY_MS } from '#lib/energy/interval.ts';
import type { Values } from '#lib/energy/reading.ts';
import { readingPages } from '#lib/server/store/reading-pages.ts';
import type { Store } from '#lib/server/store/store.ts';
import type { ImportValue } from './register-rows.ts';

/** Instants further apart than this are asked for one by one. */
const MAX_LEAP_MS = DAY_MS;

export type ReadableStore = Pick<Store, 'readReadings' | 'readingFrom'>;
type StoredValues = (value: ImportValue) => number | undefined;

/** Of every value's meter, instant and quantity, what is stored there. @throws AppError */
export async function storedValues(
  store: ReadableStore,
  values: readonly ImportValue[],
): Promise<StoredValues> {
  const found = new Map<string, Values>();
  for (const [key, ofMeter] of Map.groupBy(values, ({ meter }) => meter.key)) {
    const meter = ofMeter[0]?.meter;
    if (meter === undefined) continue;
    const wanted = new Set(ofMeter.map(({ at }) => at));
    for (const { from, to } of stretches(wanted)) {
      for await (const page of readingPages(store, meter, from)) {
        for (const { at, values: held } of page) if (wanted.has(at)) found.set(`${key} ${String(at)}`, held);
        if ((page.at(-1)?.at ?? to) >= to) break;
      }
    }
  }
  return ({ meter, at, quantity }) => found.get(`${meter.key} ${String(at)}`)?.[quantity];
}

function stretches(instants: ReadonlySet<number>): { from: number; to: number }[] {
  const made: { from: number; to: number }[] = [];
  for (const at of [...instants].sort((a, b) => a - b)) {
    const last = made.at(-1);
    if (last !== undefined && at - last.to <= MAX_LEAP_MS) last.to = at;
    else made.push({ from: at, to: at });
  }
  return made;
}
