/**
 * What both adapters ask of a reading before they touch it, so that the same reading is taken or rejected by
 * either. The decoders let nothing else through; this is the second lock, and the one that makes it certain
 * that no tag, column or line is ever built from text nobody checked.
 */
import { isQuantity } from '../../energy/quantity.ts';
import { isSlug, type MeterRef, type Reading, type Values } from '../../energy/reading.ts';
import type { RejectedPoint } from './store.ts';

/** First instant that InfluxDB's signed 64-bit nanoseconds can't hold, epoch ms. */
const LAST_AT = 9_223_372_036_854;
/** Meters remembered as checked: more than any installation has, few enough to bound memory. */
const MAX_KNOWN_METERS = 100_000;

/** Parts readings into those that can be stored and those that no store can take, with the reason. */
export type Sieve = (readings: readonly Reading[]) => { accepted: Reading[]; rejected: RejectedPoint[] };

/** The sieve remembers the meters it has checked, so that the common path costs one look-up. */
export function createSieve(): Sieve {
  const knownMeters = new Set<string>();

  function problemOf({ meter, at, values }: Reading): string | undefined {
    if (!knownMeters.has(meter.key)) {
      const problem = meterProblem(meter);
      if (problem !== undefined) return problem;
      if (knownMeters.size >= MAX_KNOWN_METERS) knownMeters.clear();
      knownMeters.add(meter.key);
    }
    if (!Number.isSafeInteger(at) || at < 0 || at >= LAST_AT) {
      return `at: expected whole milliseconds since 1970, found ${String(at)}`;
    }
    return valuesProblem(values);
  }

  return (readings) => {
    const accepted: Reading[] = [];
    const rejected: RejectedPoint[] = [];
    for (const reading of readings) {
      const reason = problemOf(reading);
      if (reason === undefined) accepted.push(reading);
      else rejected.push({ reading, reason });
    }
    return { accepted, rejected };
  };
}

function meterProblem({ mission, camp, meter, key }: MeterRef): string | undefined {
  for (const [name, slug] of Object.entries({ mission, camp, meter })) {
    if (!isSlug(slug)) {
      return `${name}: expected 1 to 63 of a-z, 0-9 and -, found ${JSON.stringify(slug).slice(0, 80)}`;
    }
  }
  return key === `${mission}/${camp}/${meter}` ? undefined : 'key: is not mission/camp/meter';
}

function valuesProblem(values: Values): string | undefined {
  let count = 0;
  for (const name in values) {
    if (!isQuantity(name)) return `${JSON.stringify(name).slice(0, 80)} is no canonical quantity`;
    const value = values[name];
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      return `${name}: expected a finite number, found ${String(value).slice(0, 80)}`;
    }
    count += 1;
  }
  return count === 0 ? 'the reading carries no value' : undefined;
}
