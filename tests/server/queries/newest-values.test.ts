import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { meterRef, type Values } from '#lib/energy/reading.ts';
import { listMeters } from '#lib/server/queries/meters.ts';
import { withNewestValues } from '#lib/server/queries/newest-values.ts';
import { camp, meter, mission, registryOf, temporaryStore, type TestStore } from './fixture.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
const MINUTE = 60_000;
const GENSET = meterRef('unmiss', 'juba', 'genset-40');
let temporary: TestStore;
beforeEach(() => {
  temporary = temporaryStore();
});
afterEach(() => temporary.dispose());

const say = (minutesAgo: number, values: Values) =>
  temporary.store.writeReadings([{ meter: GENSET, at: NOW - minutesAgo * MINUTE, values }]);

async function newest(options: { expectedIntervalS?: number; expireAfterMs?: number } = {}) {
  const { expectedIntervalS = 60, expireAfterMs } = options;
  const silences = new Map(
    expireAfterMs === undefined ? [] : [[GENSET.key, { silent: null, expireAfterMs }] as const],
  );
  const registry = registryOf({
    unmiss: mission({ juba: camp({ 'genset-40': meter('diesel', { expectedIntervalS }) }) }),
  });
  const ctx = { store: temporary.store, registry, now: NOW, silences };
  const [listed] = await withNewestValues(ctx, await listMeters(ctx, {}));
  return listed;
}

describe('What a meter that tells its values one by one said last', () => {
  it('is the newest of each, with the time of those that were told before', async () => {
    await say(4, { activePowerW: 91_000, voltageL1V: 231 });
    await say(3, { activePowerW: 92_500 });
    await say(2, { energyForwardWh: 1_000 });
    await say(1, { voltageL1V: 229.4 });
    const listed = await newest();
    expect(listed?.seen).toEqual({
      meter: GENSET,
      lastAt: NOW - MINUTE,
      lastValues: { voltageL1V: 229.4, energyForwardWh: 1_000, activePowerW: 92_500 },
    });
    expect(listed?.toldAt).toEqual({ energyForwardWh: NOW - 2 * MINUTE, activePowerW: NOW - 3 * MINUTE });
  });

  it('ends where its silence would mean something: by its interval, or by how long the device’s values hold', async () => {
    await say(9, { activePowerW: 92_500 });
    await say(1, { voltageL1V: 229.4 });
    expect((await newest())?.seen?.lastValues).toEqual({ voltageL1V: 229.4 });
    const both = { voltageL1V: 229.4, activePowerW: 92_500 };
    expect((await newest({ expectedIntervalS: 180 }))?.seen?.lastValues).toEqual(both);
    expect((await newest({ expireAfterMs: 10 * MINUTE }))?.seen?.lastValues).toEqual(both);
  });

  it('is nothing where it never spoke', async () => {
    expect((await newest())?.seen).toBeUndefined();
  });
});
