/**
 * The native contract: topic `bluewatt/{mission}/{camp}/{meter}/reading`, payload a JSON object, or an array
 * of them, with `at` and canonical quantities. Part of `decode`, called once a message, so it allocates
 * little more than the reading it returns.
 *
 * A retained message is read like any other: every object carries its own `at`, so it can never be stamped
 * "now", and the store merges by (meter, at), so reading it again changes nothing.
 */
import { isSlug, meterRef, type MeterRef, type Reading, type Values } from '#lib/energy/reading.ts';
import { describeFound, quoted } from './found.ts';
import { AHEAD_MAX_MS, instantFault } from './instant.ts';
import type { Decoded, InboundMessage, Rejection } from './message.ts';
import { readJson } from './payload.ts';
import { boundsOf, describeImpossible } from './plausible.ts';
import { RejectionList } from './rejection-list.ts';
import { parseRfc3339 } from './rfc3339.ts';

export const NATIVE_FILTER = 'bluewatt/+/+/+/reading';

/** `bluewatt/live/{mission}/{camp}/{meter}` is where readings are republished: no mission may be called that. */
const RESERVED_MISSION = 'live';

/** The meter a native topic names, a rejection when it is native but wrong, undefined when it is another topic. */
export function nativeMeter(topic: string): MeterRef | Rejection | undefined {
  if (!topic.startsWith('bluewatt/') || !topic.endsWith('/reading')) return undefined;
  const [, mission, camp, meter, , more] = topic.split('/', 6);
  if (mission === undefined || camp === undefined || meter === undefined || more !== undefined)
    return undefined;
  if (topic.split('/', 5)[4] !== 'reading') return undefined;
  const wrong = [mission, camp, meter].find((slug) => !isSlug(slug));
  if (wrong !== undefined) {
    const expected = 'a slug of a-z, 0-9 and -, 1 to 63 characters, beginning with a letter or digit';
    return { reason: 'topic-invalid', detail: `${quoted(wrong)} in the topic is not ${expected}` };
  }
  if (mission === RESERVED_MISSION) {
    const detail = 'the mission "live" is taken: Bluewatt republishes readings below bluewatt/live';
    return { reason: 'topic-invalid', detail };
  }
  return meterRef(mission, camp, meter);
}

/** The readings of one native message from `meter`. */
export function decodeNative(meter: MeterRef, message: InboundMessage): Decoded {
  const json = readJson(message.payload);
  if (!json.ok) return { readings: [], rejections: [json.rejection], ignoredKeys: 0 };
  const draft = new NativeDraft(meter, message.receivedAt);
  if (Array.isArray(json.value)) {
    const elements: readonly unknown[] = json.value;
    for (let index = 0; index < elements.length; index++) draft.take(elements[index], index);
    if (elements.length === 0)
      draft.rejections.add('payload-wrong-shape', () => 'the array holds no readings');
  } else {
    draft.take(json.value, undefined);
  }
  return { readings: draft.readings, rejections: draft.rejections.toArray(), ignoredKeys: draft.ignoredKeys };
}

class NativeDraft {
  readonly readings: Reading[] = [];
  readonly rejections = new RejectionList();
  ignoredKeys = 0;
  readonly #meter: MeterRef;
  readonly #receivedAt: number;

  constructor(meter: MeterRef, receivedAt: number) {
    this.#meter = meter;
    this.#receivedAt = receivedAt;
  }

  /** Takes one object; `index` is its place in a backlog array. */
  take(element: unknown, index: number | undefined): void {
    if (typeof element !== 'object' || element === null || Array.isArray(element)) {
      const expected = 'expected an object with "at" and quantities';
      this.#reject('payload-wrong-shape', index, () => `found ${describeFound(element)}; ${expected}`);
      return;
    }
    const source = element as Readonly<Record<string, unknown>>;
    const at = this.#readAt(source, index);
    if (at === undefined) return;
    const values: Values = {};
    let taken = 0;
    let known = 0;
    for (const name in source) {
      if (name === 'at') continue;
      const bounds = boundsOf(name);
      if (bounds === undefined) {
        this.ignoredKeys += 1;
        continue;
      }
      known += 1;
      const value = source[name];
      if (value === null) continue;
      if (typeof value === 'number' && value >= bounds.min && value <= bounds.max) {
        // Adding 0 turns -0 into 0: the two are one value in every store.
        values[name as keyof Values] = value + 0;
        taken += 1;
      } else if (typeof value === 'number' && Number.isFinite(value)) {
        this.#reject('value-out-of-range', index, () => describeImpossible(name, value, bounds));
      } else {
        this.#reject(
          'value-not-a-number',
          index,
          () => `${name} is ${describeFound(value)}; expected a number`,
        );
      }
    }
    if (taken > 0) this.readings.push({ meter: this.#meter, at, values });
    else if (known === 0) this.#reject('no-known-quantity', index, () => describeUnknown(source));
  }

  #readAt(source: Readonly<Record<string, unknown>>, index: number | undefined): number | undefined {
    const found = Object.hasOwn(source, 'at') ? source['at'] : undefined;
    if (found === undefined || found === null) {
      this.#reject(
        'time-missing',
        index,
        () => 'there is no "at"; expected RFC 3339 with an offset, or epoch ms',
      );
      return undefined;
    }
    const at =
      typeof found === 'string' ? parseRfc3339(found) : typeof found === 'number' ? Math.trunc(found) : NaN;
    if (!Number.isFinite(at)) {
      const expected =
        'expected RFC 3339 with an offset such as 2026-11-01T00:00:00Z, or epoch ms as a number';
      this.#reject('time-invalid', index, () => `"at" is ${describeFound(found)}; ${expected}`);
      return undefined;
    }
    const fault = instantFault(at, this.#receivedAt);
    if (fault === undefined) return at;
    this.#reject(fault, index, () => describeFault(found, at, this.#receivedAt));
    return undefined;
  }

  #reject(reason: Rejection['reason'], index: number | undefined, detail: () => string): void {
    this.rejections.add(reason, index === undefined ? detail : () => `element ${index}: ${detail()}`);
  }
}

function describeFault(found: unknown, at: number, receivedAt: number): string {
  if (at > receivedAt) {
    return `"at" is ${describeFound(found)}, more than ${AHEAD_MAX_MS / 60_000} minutes after it was received`;
  }
  const looksLikeSeconds = typeof found === 'number' && found > 1_500_000_000 && found < 5_000_000_000;
  const hint = looksLikeSeconds ? '; it looks like epoch seconds, expected milliseconds' : '';
  return `"at" is ${describeFound(found)}, before 2020-01-01${hint}`;
}

function describeUnknown(source: object): string {
  const keys = Object.keys(source).filter((key) => key !== 'at');
  const shown = keys.slice(0, 5).map(quoted).join(', ');
  return `none of the keys is a canonical quantity: ${keys.length === 0 ? 'there are none' : shown}`;
}
