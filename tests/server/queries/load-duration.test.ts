import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDurationAnswer, MAX_DURATION_DAYS } from '#lib/server/queries/load-duration.ts';
import { addDays } from '#lib/energy/calendar.ts';
import { AFTER, CAMP, MISSION, REGISTRY } from '../../energy/reference-camp.ts';
import { countingRows } from '../../support/counting-store.ts';
import { temporaryStore, writeReferenceCamp, type TestStore } from './fixture.ts';

let temporary: TestStore;
beforeAll(async () => {
  temporary = temporaryStore();
  await writeReferenceCamp(temporary.store);
});
afterAll(() => temporary.dispose());

const period = { from: '2026-03-28', to: '2026-03-30' };
const context = (now = AFTER) => ({ store: temporary.store, registry: REGISTRY, now });

describe('the load duration of the reference camp', () => {
  it('is made of the 35 hours in which every meter spoke, of the 71', async () => {
    const answer = await loadDurationAnswer(context(), { mission: MISSION, camp: CAMP, period });
    expect(answer?.curve?.quarters).toBe(35 * 4);
    expect(answer?.knownTime).toBeCloseTo(35 / 71, 9);
  });

  it('counts what the bus delivered: sources and discharge less export and charge', async () => {
    const { curve } = (await loadDurationAnswer(context(), { mission: MISSION, period })) ?? {};
    expect(curve?.points[0]).toEqual({ time: 0, demandW: 65_000, dieselW: 40_000 });
    expect(curve?.points[100]).toEqual({ time: 1, demandW: 45_000, dieselW: 0 });
    expect(curve?.meanDemandW).toBe(55_000);
    expect(curve?.dieselOffTime).toBeCloseTo(12 / 35, 9);
  });

  it('stops at the present, and has no curve of a time without data', async () => {
    const noon = Date.parse('2026-03-28T12:00+02:00');
    const running = await loadDurationAnswer(context(noon), { mission: MISSION, period });
    expect(running?.curve?.quarters).toBe(12 * 4);
    const later = { from: '2026-05-01', to: '2026-05-02' };
    expect(await loadDurationAnswer(context(), { mission: MISSION, period: later })).toEqual({
      curve: null,
      knownTime: 0,
    });
  });

  it('is handed a block a meter and month, whatever the number of its quarters of an hour', async () => {
    const counting = countingRows(temporary.store);
    const year = { from: '2025-04-01', to: '2026-03-31' };
    const asked = { mission: MISSION, camp: CAMP, period: year };
    const answer = await loadDurationAnswer({ ...context(), store: counting.store }, asked);
    expect(answer?.curve?.quarters).toBe(35 * 4);
    expect(counting.questions()).toBe(13);
    const meters = Object.keys(REGISTRY.missions[MISSION]?.camps[CAMP]?.meters ?? {});
    expect(counting.rows()).toBeGreaterThan(0);
    expect(counting.rows()).toBeLessThanOrEqual(13 * meters.length);
  });

  it('is not read for an unknown mission, nor for a period too long to read', async () => {
    expect(await loadDurationAnswer(context(), { mission: 'nowhere', period })).toBeUndefined();
    const long = { from: '2024-01-01', to: addDays('2024-01-01', MAX_DURATION_DAYS) };
    expect(await loadDurationAnswer(context(), { mission: MISSION, period: long })).toBeUndefined();
  });
});
