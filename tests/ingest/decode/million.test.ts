/**
 * Hostile messages by the hundred thousand through every profile and the native form: none throws, none is lost sight
 * of, nothing grows. 150,000 of them here; `BLUEWATT_FUZZ=whole` (as `npm run soak` sets it) takes the million.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { isQuantity } from '#lib/energy/quantity.ts';
import { isSlug } from '#lib/energy/reading.ts';
import type { DeviceSource, Registry } from '#lib/registry/types.ts';
import { createDecoder } from '../../../ingest/decode/decoder.ts';
import { AHEAD_MAX_MS, EARLIEST_AT } from '../../../ingest/decode/instant.ts';
import { REJECTION_REASONS, type Decoded, type InboundMessage } from '../../../ingest/decode/message.ts';
import type { Profile } from '../../../ingest/decode/profile.ts';
import { loadProfiles } from '../../../ingest/decode/profile-load.ts';
import { hostileMessages, RECEIVED_AT } from './hostile-messages.ts';

const MESSAGES = process.env['BLUEWATT_FUZZ'] === 'whole' ? 1_000_000 : 150_000;
/** Both decoders' memory of topics and meters is full by half-time or cannot fill: beyond, nothing may grow. */
const GROWTH_MB = 25;
const REASONS: ReadonlySet<string> = new Set(REJECTION_REASONS);

const profiles = loadProfiles();
const registry: Registry = {
  missions: {},
  pledges: [],
  // Some profiles read any topic there is: without lines of their own the others' samples would all be theirs.
  sources: [
    ...profiles.flatMap((profile) => profile.samples.map(({ topic }) => lineOf(profile, topic))),
    ...profiles.map((profile) => lineOf(profile, '#')),
  ],
};

function lineOf(profile: Profile, topic: string): DeviceSource {
  const meter = profile.messages[0]?.meter ?? '';
  return { profile: profile.name, topic, mission: 'm', camp: 'c', meter };
}

interface Tally {
  readings: number;
  rejected: number;
  ignored: number;
  /** all that they tell is null: no value, and no fault */
  silent: number;
  readonly reasons: Map<string, number>;
}

describe('hostile messages', () => {
  it(
    'each become readings, rejections, counted keys or a told null, and leave no memory behind',
    { timeout: 600_000 },
    () => {
      const assigned = createDecoder({ registry, profiles });
      const unassigned = createDecoder({ registry: { ...registry, sources: [] }, profiles });
      const tally: Tally = { readings: 0, rejected: 0, ignored: 0, silent: 0, reasons: new Map() };
      let halfTimeMb = 0;
      let index = 0;
      for (const message of hostileMessages(MESSAGES, profiles)) {
        const decoder = index % 4 === 3 ? unassigned : assigned;
        const problem = problemOf(message, decoder.decode(message), tally);
        if (problem !== undefined) throw new Error(`message ${String(index)}: ${problem}: ${shown(message)}`);
        index += 1;
        if (index === MESSAGES / 2) halfTimeMb = heapMb();
      }
      expect(heapMb() - halfTimeMb).toBeLessThan(GROWTH_MB);
      expect(tally.readings + tally.rejected + tally.ignored + tally.silent).toBe(MESSAGES);
      expect(tally.silent).toBeLessThan(MESSAGES / 1_000);
      // Messages that are all refused for one reason would have proved little.
      expect(tally.readings).toBeGreaterThan(MESSAGES / 20);
      expect(tally.ignored).toBeGreaterThan(MESSAGES / 50);
      const unmet = REJECTION_REASONS.filter((reason) => !tally.reasons.has(reason));
      // The worker's and the store's own, which no decoder gives.
      expect(unmet).toEqual(['beyond-retention', 'store-refused']);
      expect(Object.keys(Object.prototype)).toEqual([]);
    },
  );

  it('are the same for the same seed, so that one that fails can be had again', () => {
    const [once, again] = [0, 1].map(() => [...hostileMessages(2_000, profiles)].map(shown));
    expect(again).toEqual(once);
  });
});

/** What is wrong with the outcome, or undefined; counts it. Plain code: an `expect` for each would take minutes. */
function problemOf({ payload }: InboundMessage, decoded: Decoded, tally: Tally): string | undefined {
  const { readings, rejections, ignoredKeys } = decoded;
  if (readings.length > 0) tally.readings += 1;
  else if (rejections.length > 0) tally.rejected += 1;
  else if (ignoredKeys > 0) tally.ignored += 1;
  else if (Buffer.from(payload).includes('null')) tally.silent += 1;
  else return 'came to nothing and was not counted';
  for (const { meter, at, values } of readings) {
    const slugs = [meter.mission, meter.camp, meter.meter];
    if (!slugs.every(isSlug) || meter.key !== slugs.join('/')) return `meter ${meter.key}`;
    if (!Number.isInteger(at) || at < EARLIEST_AT || at > RECEIVED_AT + AHEAD_MAX_MS)
      return `at ${String(at)}`;
    const entries = Object.entries(values);
    if (entries.length === 0) return 'a reading without values';
    const odd = entries.find(([name, value]) => !isQuantity(name) || !Number.isFinite(value));
    if (odd !== undefined) return `value ${odd.join(' ')}`;
  }
  for (const { reason, detail } of rejections) {
    tally.reasons.set(reason, (tally.reasons.get(reason) ?? 0) + 1);
    if (!REASONS.has(reason)) return `reason ${reason}`;
    if (detail === '' || detail.length >= 2_000) return `a detail of ${String(detail.length)} characters`;
  }
  return rejections.length > 101 ? `${String(rejections.length)} rejections` : undefined;
}

function shown({ topic, payload }: InboundMessage): string {
  return `${topic.slice(0, 200)} ${Buffer.from(payload).subarray(0, 400).toString('base64')}`;
}

/** The heap after everything that can go has gone, MB. */
function heapMb(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed / 1e6;
}
