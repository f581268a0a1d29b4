/**
 * Text from outside reaches the stores in two ways: as the name of a mission, camp or meter that is written, and as
 * what somebody asks for. Whatever it says, it comes back as it was or is refused; it never becomes part of a
 * statement, a line or another name.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSlug, meterRef, type MeterRef } from '#lib/energy/reading.ts';
import { parseInfluxAddress } from '#lib/server/store/influx/address.ts';
import { quoted, seriesOf } from '#lib/server/store/influx/line-protocol.ts';
import { createQueries, type InfluxQueries } from '#lib/server/store/influx/query.ts';
import { tagsEqual } from '#lib/server/store/influx/where.ts';
import { openStore } from '#lib/server/store/open.ts';
import type { Store } from '#lib/server/store/store.ts';
import { startInflux, type Influx } from '../../support/influx.ts';
import { describeWith } from '../../support/requires.ts';
import { DAY0, entry, gensetReadings, interval, meterDay, reading, T0 } from './samples.ts';

const ALL_TIME = { from: 0, to: Number.MAX_SAFE_INTEGER };
const WITNESS = meterRef('witness', 'camp', 'genset-1');

/** What has broken statements and lines elsewhere, and what merely looks odd. */
const attack = fc.constantFrom(
  `' OR 1=1 --`,
  `x'; DROP TABLE reading; --`,
  `"; DROP MEASUREMENT "reading"`,
  `\\' OR "mission" =~ /.*/ OR 'a'='`,
  `unmiss' AND "camp"='`,
  `m,camp=forged`,
  `m activePowerW=1 1\nreading,camp=c,meter=m,mission=witness activePowerW=9 ${String(T0)}`,
  '$mission',
  '{"$regex":".*"}',
  '/.*/',
  '%',
  '_',
  '*',
  '*/',
  '/*',
  ';',
  '\u0000',
  'é\u0301',
  '\ud83d\ude00',
  'WITNESS',
  'witness ',
  '__proto__',
  'constructor',
);
const character = fc.constantFrom(...`ab-\\,= '"\`;%_*/$(){}[]\n\t\r\0é😀#`);
const anyText = fc.oneof(
  attack,
  fc.string({ unit: character, maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.tuple(fc.string({ unit: character, maxLength: 4 }), attack).map((parts) => parts.join('')),
);
const slug = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,10}$/);
const anyMeter = fc
  .tuple(fc.oneof(anyText, slug), fc.oneof(anyText, slug), fc.oneof(anyText, slug))
  .map(([mission, camp, meter]) => meterRef(mission, camp, meter));

/** What the witness has: it must be the same after everything. */
async function witnessed(store: Store): Promise<unknown> {
  return {
    readings: await store.readReadings(WITNESS, ALL_TIME),
    meters: await store.listMeters({ mission: WITNESS.mission }),
    ledger: await store.readLedger({
      level: 'day',
      from: '2026-01-01',
      to: '2026-12-31',
      mission: WITNESS.mission,
    }),
    day: await store.readMeterDay(WITNESS, DAY0),
  };
}

async function callWitness(store: Store): Promise<unknown> {
  await store.writeReadings(gensetReadings(WITNESS, T0, 20));
  const day = meterDay(WITNESS, DAY0, { 0: interval() });
  await store.writeAccounts([day], [entry({ mission: WITNESS.mission, camp: WITNESS.camp })]);
  return witnessed(store);
}

async function expectReadingKept(store: Store, meter: MeterRef): Promise<void> {
  const one = reading(meter, T0, { activePowerW: 7 });
  const { rejected } = await store.writeReadings([one]);
  if ([meter.mission, meter.camp, meter.meter].every(isSlug)) {
    expect(rejected).toEqual([]);
    expect(await store.readReadings(meter, ALL_TIME)).toEqual([one]);
  } else {
    expect(rejected.map(({ reading: refused }) => refused)).toEqual([one]);
    expect(await store.readReadings(meter, ALL_TIME)).toEqual([]);
  }
}

/** Asks for what is not there: nothing comes back, least of all what belongs to somebody else. */
async function expectNothingBehind(store: Store, mission: string, camp: string): Promise<void> {
  for (const { meter } of await store.listMeters({ mission, camp })) {
    expect([meter.mission, meter.camp]).toEqual([mission, camp]);
  }
  const meter = meterRef(mission, camp, 'genset-1');
  expect(await store.readingBefore(meter, T0)).toBeUndefined();
  expect(await store.readingFrom(meter, T0 + 1)).toBeUndefined();
  expect(await store.readMeterDay(meter, DAY0)).toBeUndefined();
  expect(await store.lastMeterDay(meter, DAY0)).toBeUndefined();
  expect(await store.readIntervals([meter], ALL_TIME)).toEqual([]);
  const period = { level: 'day', from: '2026-01-01', to: '2026-12-31' } as const;
  expect(await store.readLedger({ ...period, mission, camp })).toEqual([]);
  expect(await store.readLedger({ ...period, mission, sumCamps: true, sumPeriods: true })).toEqual([]);
}

function tellsOfAnyText(numRuns: number, open: () => Promise<Store>): void {
  let store: Store;
  let before: unknown;
  beforeAll(async () => {
    store = await open();
    before = await callWitness(store);
  });
  afterAll(() => store?.close());

  it('I12: a name that is no slug is refused as it stands, and a slug comes back', async () => {
    await fc.assert(
      fc.asyncProperty(anyMeter, (meter) => expectReadingKept(store, meter)),
      { numRuns },
    );
    expect(await witnessed(store)).toEqual(before);
  });

  it('I12: a question finds what it names and nothing else, whatever it says', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, anyText, (mission, camp) => expectNothingBehind(store, mission, camp)),
      { numRuns },
    );
    expect(await witnessed(store)).toEqual(before);
  });

  it('I12: a period that is none is refused or finds nothing', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, anyText, async (from, to) => {
        const asked = store.readLedger({ level: 'day', from, to, mission: 'nobody' });
        expect(await asked.catch((error: unknown) => error instanceof TypeError || error)).toSatisfy(
          (answer) => answer === true || (Array.isArray(answer) && answer.length === 0),
        );
      }),
      { numRuns },
    );
    expect(await witnessed(store)).toEqual(before);
  });
}

describe('any text in the embedded store', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bluewatt-any-text-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  tellsOfAnyText(400, () => openStore({ dataDir: folder }));
});

describeWith(['influxd'], 'any text in InfluxDB', () => {
  let influx: Influx;
  let queries: InfluxQueries;
  beforeAll(async () => {
    influx = await startInflux();
    queries = createQueries(parseInfluxAddress(influx.url, undefined), 10_000);
    await queries.createDatabase();
  });
  afterAll(() => influx?.stop());

  tellsOfAnyText(60, () => openStore({ influxUrl: influx.url, dataDir: '/nonexistent' }));

  it('I12: a tag and a field of any text come back to the letter from the real server, or are refused', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(anyText, anyText), { minLength: 1, maxLength: 40 }),
        async (pairs) => {
          const written = pairs.flatMap(([tag, field]) => {
            try {
              const told = `text=${quoted(field)}`;
              return [{ tag, field, line: `${seriesOf('any', { tag, zone: 'z' })} ${told} ${String(T0)}` }];
            } catch (error) {
              expect(error).toBeInstanceOf(RangeError);
              return [];
            }
          });
          const answer = await fetch(`${influx.httpUrl}/write?db=bluewatt&precision=ms`, {
            method: 'POST',
            body: written.map(({ line }) => line).join('\n'),
          });
          expect({ status: answer.status, text: await answer.text() }).toEqual({ status: 204, text: '' });
          // One series and instant keeps the last that was written.
          const lastByTag = new Map(written.map(({ tag, field }) => [tag, field]));
          for (const [tag, field] of lastByTag) {
            const { conditions, placeholders } = tagsEqual({ tag });
            const [series, ...others] = await queries.ask(
              `SELECT "text" FROM "any" WHERE ${conditions.join(' AND ')} GROUP BY "tag", "zone"`,
              placeholders,
            );
            expect(others).toEqual([]);
            expect(series?.tags).toEqual({ tag, zone: 'z' });
            expect(series?.rows.map((row) => row['text'])).toEqual([field]);
          }
        },
      ),
      { numRuns: 10 },
    );
  });
});
