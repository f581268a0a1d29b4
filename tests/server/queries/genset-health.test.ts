import { afterEach, beforeEach, expect, it } from 'vitest';
import { meterRef } from '#lib/energy/reading.ts';
import { gensetHealth } from '#lib/server/queries/genset-health.ts';
import { AFTER, CAMP, MISSION, REGISTRY } from '../../energy/reference-camp.ts';
import {
  camp,
  meter,
  mission,
  registryOf,
  temporaryStore,
  writeReferenceCamp,
  type TestStore,
} from './fixture.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
const MINUTE = 60_000;
const registry = registryOf({
  m: mission({ c: camp({ 'g-1': meter('diesel', { ratedW: 100_000, tankL: 1_000 }), pv: meter('solar') }) }),
});
const place = { mission: 'm', camp: 'c' };
let temporary: TestStore;
beforeEach(() => {
  temporary = temporaryStore();
});
afterEach(() => temporary.dispose());

it('tells of each genset what left its tank while it stood, and its mean load of the last quarter of an hour', async () => {
  const ref = meterRef('m', 'c', 'g-1');
  await temporary.store.writeReadings([
    ...Array.from({ length: 60 }, (_, i) => ({
      meter: ref,
      at: NOW - (120 - i) * MINUTE,
      values: { activePowerW: 0, fuelLevelPct: 80 - (i >= 30 ? 15 : 0) },
    })),
    ...[10, 5, 0].map((ago) => ({
      meter: ref,
      at: NOW - ago * MINUTE,
      values: { activePowerW: 30_000 + ago * 1000 },
    })),
  ]);
  const ctx = { store: temporary.store, registry, now: NOW };
  expect(await gensetHealth(ctx, place)).toEqual([
    {
      meter: 'g-1',
      recentMeanW: 35_000,
      litresPerKWh: null,
      curveLitresPerKWh: null,
      fuelFallenL: 150,
      serviced: {},
    },
  ]);
});

it('knows nothing of a camp that is not there, or of gensets that never spoke', async () => {
  const ctx = { store: temporary.store, registry, now: NOW };
  expect(await gensetHealth(ctx, { mission: 'm', camp: 'toString' })).toEqual([]);
  expect((await gensetHealth(ctx, place))[0]).toMatchObject({ recentMeanW: null, fuelFallenL: null });
});

it('compares litres a kWh with the curve at the load it had, and looks back a week once in five minutes', async () => {
  await writeReferenceCamp(temporary.store);
  let reads = 0;
  const store = {
    ...temporary.store,
    readIntervals: (...args: Parameters<typeof temporary.store.readIntervals>) => {
      reads += 1;
      return temporary.store.readIntervals(...args);
    },
  };
  const ask = (now: number) =>
    gensetHealth({ store, registry: REGISTRY, now }, { mission: MISSION, camp: CAMP });
  const first = await ask(AFTER);
  const gensets = first.length;
  expect(gensets).toBeGreaterThan(0);
  for (const { litresPerKWh, curveLitresPerKWh } of first) {
    expect(litresPerKWh ?? curveLitresPerKWh).toBeGreaterThan(0.2);
    expect(curveLitresPerKWh).toBeLessThan(0.5);
  }
  await ask(AFTER + 4 * MINUTE);
  expect(reads).toBe(gensets);
  await ask(AFTER + 6 * MINUTE);
  expect(reads).toBe(2 * gensets);
});
