/** The account at the end: what publishers had acknowledged against what stands in store and dead letters. */
import { meterRef } from '#lib/energy/reading.ts';
import { createSqliteStore } from '#lib/server/store/sqlite/store.ts';
import { DATABASE_FILE } from '#lib/server/store/sqlite/schema.ts';
import { join } from 'node:path';
import { deadLetters } from '../support/dead-letters.ts';
import type { Message } from './publisher.ts';
import { FIRST_AT, METERS } from './schedule.ts';

/** `meter at` → its values, as text */
export type Readings = ReadonlyMap<string, string>;

export interface Differences {
  /** acknowledged, and neither in the store nor among the dead letters */
  readonly lost: readonly string[];
  /** in the store or among the dead letters, and never published */
  readonly phantom: readonly string[];
  /** in the store with other values */
  readonly altered: readonly string[];
}

export const NO_DIFFERENCES: Differences = { lost: [], phantom: [], altered: [] };

const DAY_MS = 86_400_000;
/** of each kind, so that a failure can still be read */
const SHOWN = 10;

interface Told {
  readonly at: number;
  readonly energyForwardWh: number;
  readonly activePowerW: number;
}

function entry(meter: string, { at, energyForwardWh, activePowerW }: Told): [string, string] {
  return [`${meter} ${String(at)}`, `${String(energyForwardWh)} Wh, ${String(activePowerW)} W`];
}

/** What messages say: the readings in them, and the messages that are none. */
export function readMessages(messages: readonly Message[]): {
  readings: Readings;
  poison: ReadonlySet<string>;
} {
  const readings = new Map<string, string>();
  const poison = new Set<string>();
  for (const { topic, payload } of messages) {
    if (payload.includes('"note"')) {
      poison.add(`${topic} ${payload}`);
      continue;
    }
    const told = JSON.parse(payload) as Told | Told[];
    for (const each of [told].flat()) {
      const [key, values] = entry(topic.split('/')[3] ?? '', each);
      readings.set(key, values);
    }
  }
  return { readings, poison };
}

export async function influxReadings(httpUrl: string, mission: string): Promise<Readings> {
  const series = await askInflux(
    httpUrl,
    `SELECT "energyForwardWh","activePowerW" FROM "reading" WHERE "mission"='${mission}' GROUP BY "meter"`,
  );
  return new Map(
    series.flatMap(({ tags, values }) =>
      values.map(([at, energyForwardWh, activePowerW]) =>
        entry(tags['meter'] ?? '', {
          at: Number(at),
          energyForwardWh: Number(energyForwardWh),
          activePowerW: Number(activePowerW),
        }),
      ),
    ),
  );
}

export async function sqliteReadings(dataDir: string, mission: string, camp = 'camp'): Promise<Readings> {
  const store = createSqliteStore({ file: join(dataDir, DATABASE_FILE), readOnly: true });
  try {
    const range = { from: FIRST_AT, to: FIRST_AT + 2 * DAY_MS };
    const perMeter = await Promise.all(
      METERS.map(async (meter) =>
        (await store.readReadings(meterRef(mission, camp, meter), range)).map(({ at, values }) =>
          entry(meter, {
            at,
            energyForwardWh: values.energyForwardWh ?? NaN,
            activePowerW: values.activePowerW ?? NaN,
          }),
        ),
      ),
    );
    return new Map(perMeter.flat());
  } finally {
    await store.close();
  }
}

/** Wh per meter as the accounts have it in InfluxDB. */
export async function influxEnergyWh(httpUrl: string, mission: string): Promise<Record<string, number>> {
  const series = await askInflux(
    httpUrl,
    `SELECT sum("forwardWh") FROM "energy" WHERE "mission"='${mission}' GROUP BY "meter"`,
  );
  return Object.fromEntries(
    series.map(({ tags, values }): [string, number] => [tags['meter'] ?? '', Number(values[0]?.[1])]),
  );
}

/** Wh per meter by the registers: the last value less the first. */
export function registerEnergyWh(messages: readonly Message[]): Record<string, number> {
  const byMeter = Map.groupBy(readMessages(messages).readings, ([key]) => key.split(' ')[0] ?? '');
  return Object.fromEntries(
    [...byMeter].map(([meter, entries]) => {
      const registers = entries.map(([, values]) => Number.parseInt(values, 10));
      return [meter, Math.max(...registers) - Math.min(...registers)];
    }),
  );
}

export function differences(
  expected: { readings: Readings; poison: ReadonlySet<string> },
  stored: Readings,
  { dataDir, mission }: { dataDir: string; mission: string },
): Differences {
  const letters = new Set(
    deadLetters(dataDir)
      .filter(({ topic }) => topic.startsWith(`bluewatt/${mission}/`))
      .map(({ topic, payload }) => `${topic} ${payload}`),
  );
  const isThere = (key: string): boolean => stored.has(key);
  return {
    lost: [
      ...[...expected.readings.keys()].filter((key) => !isThere(key)),
      ...[...expected.poison].filter((letter) => !letters.has(letter)),
    ].slice(0, SHOWN),
    phantom: [
      ...[...stored.keys()].filter((key) => !expected.readings.has(key)),
      ...[...letters].filter((letter) => !expected.poison.has(letter)),
    ].slice(0, SHOWN),
    altered: [...expected.readings]
      .filter(([key, values]) => isThere(key) && stored.get(key) !== values)
      .map(([key, values]) => `${key}: ${values}, stored ${stored.get(key) ?? ''}`)
      .slice(0, SHOWN),
  };
}

interface Series {
  readonly tags: Readonly<Record<string, string>>;
  readonly values: readonly (readonly unknown[])[];
}

async function askInflux(httpUrl: string, text: string): Promise<readonly Series[]> {
  const answer = await fetch(`${httpUrl}/query?db=bluewatt&epoch=ms&q=${encodeURIComponent(text)}`);
  const { results } = (await answer.json()) as { results: { series?: Series[] }[] };
  return results[0]?.series ?? [];
}
