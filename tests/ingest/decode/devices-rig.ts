/** A decoder with lines of the registry, and messages as devices publish them, at a time the test decides. */
import type { DeviceSource } from '#lib/registry/types.ts';
import { Conditions } from '../../../ingest/decode/conditions.ts';
import { DeviceMemory } from '../../../ingest/decode/device-memory.ts';
import { createDecoder } from '../../../ingest/decode/decoder.ts';
import type { Decoded } from '../../../ingest/decode/message.ts';
import { loadProfiles } from '../../../ingest/decode/profile-load.ts';
import { SilenceBook } from '../../../ingest/decode/silence-book.ts';

const profiles = loadProfiles();
export const START_AT = Date.parse('2026-03-02T09:15:00Z');

export type Line = Pick<DeviceSource, 'profile' | 'topic' | 'meter'>;

export function devices(
  lines: readonly Line[],
  silences = new SilenceBook(),
  conditions = new Conditions(),
  memory = new DeviceMemory(),
) {
  const sources = lines.map((line) => ({ ...line, mission: 'unmiss', camp: 'juba' }));
  const decoder = createDecoder({
    registry: { missions: {}, pledges: [], sources },
    profiles,
    silences,
    conditions,
    memory,
  });
  return {
    decoder,
    silences,
    /** at so many seconds after the start */
    hear: (atS: number, topic: string, payload: string | Uint8Array | object, retain = false): Decoded => {
      const isRaw = typeof payload === 'string' || payload instanceof Uint8Array;
      const body = Buffer.from(isRaw ? (payload as string) : JSON.stringify(payload));
      return decoder.decode({ topic, payload: body, retain, receivedAt: START_AT + atS * 1000 });
    },
    asked: (atS: number): [string, string][] => {
      const requests = decoder.dueRequests(START_AT + atS * 1000);
      return requests.map(({ topic, payload }) => [topic, String(payload)]);
    },
    /** who fell silent or speaks again since this was last asked: seconds after the start, and why */
    silent: (): Record<string, [number, string] | null> =>
      Object.fromEntries(
        [...silences.takeChanges()].map(([key, { silent }]) => [
          key.split('/').at(-1) ?? '',
          silent && [(silent.since - START_AT) / 1000, silent.cause],
        ]),
      ),
  };
}

export function told({ readings }: Decoded): Record<string, object> {
  return Object.fromEntries(readings.map(({ meter, values }) => [meter.meter, values]));
}
