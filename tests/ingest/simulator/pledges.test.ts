import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '#lib/energy/calendar.ts';
import type { LedgerEntry } from '#lib/energy/ledger.ts';
import { contributorOf } from '#lib/energy/owner.ts';
import { ownerOn } from '#lib/registry/in-service.ts';
import { pledges } from '#lib/server/queries/pledges.ts';
import { units } from '#lib/server/queries/units.ts';
import { demoRegistry } from '../../../ingest/simulator/demo-registry.ts';
import { deliveryOf } from '../../../ingest/simulator/faults.ts';
import { DAY_MS, defaultStartAt, demoScenario, placeCamps } from '../../../ingest/simulator/scenario.ts';
import { entry, temporaryStore, writeDays, type TestStore } from '../../server/queries/fixture.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const startAt = defaultStartAt(NOW);
const registry = demoRegistry({ startAt });
let temporary: TestStore;

/** What the meters of units, and all solar meters, gave day by day; what a fault loses is not in it. */
function simulatedDays(): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  const camps = placeCamps(demoScenario({ startAt }));
  const first = new Date(startAt).toISOString().slice(0, 10);
  for (let day = 0; startAt + day * DAY_MS < NOW; day += 1) {
    const period = addDays(first, day);
    for (const camp of camps) {
      const { mission, meters, plan } = camp;
      camp.nextDay();
      for (const track of meters) {
        const { source, slug, sinceDay, isRegistered } = track.plan;
        const meter = registry.missions[mission.slug]?.camps[plan.slug]?.meters[slug];
        if (meter === undefined || !isRegistered || day < sinceDay) continue;
        if (deliveryOf(track.key)?.(day * 24 + 12) === 'lost') continue;
        const energyWh = track.day.forwardStepWh.reduce((sum, wh) => sum + wh, 0);
        const owner = ownerOn(meter, period);
        const contributor = contributorOf(owner);
        if (contributor === undefined && source !== 'solar') continue;
        const renewableWh = source === 'solar' ? energyWh : 0;
        entries.push({
          ...entry(
            { mission: mission.slug, camp: `${plan.slug}-${slug}`, source, period },
            { energyWh, renewableWh },
          ),
          ownership: owner.ownership,
          ...(contributor !== undefined && { contributor }),
        });
      }
    }
  }
  return entries;
}

beforeAll(async () => {
  temporary = temporaryStore();
  await writeDays(temporary.store, simulatedDays());
}, 120_000);
afterAll(() => temporary.dispose());

describe('the demo', () => {
  it('has pledges in all four states', async () => {
    const { counts } = await pledges({ store: temporary.store, registry, now: NOW });
    expect(Object.entries(counts).filter(([, count]) => count === 0)).toEqual([]);
  });

  it('has units with renewable energy, units on diesel alone, and one that relieved another', async () => {
    const year = { from: addDays('2026-11-24', -364), to: '2026-11-24' };
    const answer = await units({ store: temporary.store, registry, now: NOW }, year);
    const supplyOf = (unit: string) => answer.units.find((each) => each.unit === unit)?.supply;
    expect(['BANBATT', 'INDBATT', 'INDCON', 'FIJCON'].map(supplyOf)).toEqual([
      'renewable',
      'diesel-only',
      'renewable',
      'renewable',
    ]);
    expect(answer.units.every(({ example }) => example)).toBe(true);
  });
});
