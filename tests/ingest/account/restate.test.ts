import { describe, expect, it } from 'vitest';
import { meterRef, type Reading, type Values } from '#lib/energy/reading.ts';
import type { Camp, Meter, Registry } from '#lib/registry/types.ts';
import type { ProfileBook } from '#lib/registry/meter-rules.ts';
import { profileRulesOf } from '../../../ingest/decode/profile-rules.ts';
import { booksOf, campOf, expectSameBooks, meter, recomputed, Rig, type Books } from './rig.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 9, 30, 20, 0, 13);
const PV = meterRef('unmiss', 'juba', 'pv-1');
const METERS: Record<string, Meter> = {
  'genset-1': meter('diesel', { ratedW: 500_000, expectedIntervalS: 1_800 }),
  'pv-1': meter('solar', { ratedW: 300_000, expectedIntervalS: 1_800 }),
  'grid-1': meter('grid', { ownership: 'host-grid', expectedIntervalS: 1_800 }),
};
const BEFORE = campOf(METERS);

/** Half-hourly for three days; every fourth is late. */
function readings(slugs: readonly string[] = Object.keys(METERS)): Reading[] {
  return slugs.flatMap((slug, i) =>
    Array.from({ length: 144 }, (_, n): Reading => {
      const values: Values = {
        activePowerW: 9_000 * (i + 1),
        energyForwardWh: n * 4_500 * (i + 1),
        energyReverseWh: n,
      };
      return { meter: meterRef('unmiss', 'juba', slug), at: T0 + n * (HOUR / 2), values };
    }),
  );
}

async function restated(after: Registry, { crashAfter }: { crashAfter?: number } = {}): Promise<Books> {
  const rig = await Rig.open({ registry: BEFORE });
  try {
    await rig.deliver(readings());
    await rig.flush();
    rig.useRegistry(after);
    if (crashAfter !== undefined) await rig.crash(crashAfter);
    await rig.flush();
    return await booksOf(rig.store);
  } finally {
    await rig.close();
  }
}

function changed(slug: string, change: Partial<Meter>): Registry {
  return campOf({ ...METERS, [slug]: { ...METERS[slug]!, ...change } });
}

const { 'pv-1': _, ...WITHOUT_PV } = METERS;
const cases: readonly (readonly [string, Registry])[] = [
  ['a source type is corrected', changed('pv-1', { source: 'wind' })],
  ['a transformer turns out to be clamped backwards', changed('grid-1', { invert: true })],
  ['a rated power is lowered', changed('genset-1', { ratedW: 5_000 })],
  ['ownership is stated', changed('genset-1', { ownership: 'coe-wet' })],
  ['a unit is stated', changed('genset-1', { ownership: 'coe-wet', country: 'BD', unit: 'BANBATT' })],
  [
    'one unit turns out to have relieved another',
    changed('pv-1', {
      country: 'BD',
      owners: [{ from: '2026-11-01', ownership: 'coe-dry', country: 'NP', unit: 'NEPBATT' }],
    }),
  ],
  ['a meter swap is entered', changed('pv-1', { events: [{ at: '2026-11-01T10:00:00Z', kind: 'swap' }] })],
  ['a meter went into service later', changed('pv-1', { from: '2026-11-01' })],
  ['a meter is removed', campOf(WITHOUT_PV)],
  ['the zone is corrected', campOf(METERS, { zone: 'America/New_York' })],
  ['the grid’s renewable part is stated', campOf(METERS, { camp: gridOf(0.8) })],
];

function gridOf(renewableFraction: number): Partial<Camp> {
  return { grid: [{ from: '2020-01-01', renewableFraction }] };
}

describe('A changed registry restates the books as if it had always been so', () => {
  it.each(cases)('when %s', async (_, after) => {
    expectSameBooks(await restated(after), await recomputed(readings(), { registry: after }));
  });

  it.each(cases)('when %s and the worker is killed over it', async (_, after) => {
    expectSameBooks(
      await restated(after, { crashAfter: 1 }),
      await recomputed(readings(), { registry: after }),
    );
  });

  it('when the camp is removed: nothing of it is left in the ledger', async () => {
    const mission = BEFORE.missions['unmiss']!;
    const after: Registry = { ...BEFORE, missions: { unmiss: { ...mission, camps: {} } } };
    const books = await restated(after);
    expect([books.ledger, books.months]).toEqual([[], []]);
  });

  it('when a meter that published before is assigned late', async () => {
    const rig = await Rig.open({ registry: campOf(WITHOUT_PV) });
    await rig.deliver(readings());
    await rig.flush();
    expect((await booksOf(rig.store)).ledger.some(({ source }) => source === 'solar')).toBe(false);
    rig.useRegistry(BEFORE);
    await rig.flush();
    expectSameBooks(await booksOf(rig.store), await recomputed(readings(), { registry: BEFORE }));
    await rig.close();
  });

  it('when a source line names a profile whose registers behave otherwise', async () => {
    const after: Registry = {
      ...BEFORE,
      sources: [{ profile: 'p', topic: 't', mission: 'unmiss', camp: 'juba', meter: 'pv-1' }],
    };
    const rulesOf = (registry: Registry) => (ref: { key: string }) =>
      registry.sources.length > 0 && ref.key === PV.key ? { energyForwardWh: 'interval' as const } : {};
    const rig = await Rig.open({ registry: BEFORE, profileRulesOf: rulesOf });
    await rig.deliver(readings());
    await rig.flush();
    rig.useRegistry(after);
    await rig.flush();
    expectSameBooks(
      await booksOf(rig.store),
      await recomputed(readings(), { registry: after, profileRulesOf: rulesOf }),
    );
    await rig.close();
  });

  describe('when a profile says otherwise than before', () => {
    const registry: Registry = {
      ...BEFORE,
      sources: [{ profile: 'own', topic: 't', mission: 'unmiss', camp: 'juba', meter: 'pv-1' }],
    };
    const persistent: ProfileBook = { own: { energyForwardWh: 'persistent' } };
    const falling = readings().map((reading, n) =>
      n % 24 < 12 ? reading : { ...reading, values: { ...reading.values, energyForwardWh: (n % 24) * 500 } },
    );

    it.each<[string, ProfileBook]>([
      ['of a register', { own: { energyForwardWh: 'volatile' } }],
      ['of how long a value holds', { own: { energyForwardWh: 'persistent', expireAfterMs: 3 * HOUR } }],
      ['nothing any more', {}],
    ])('%s, and only for the meters it is about', async (_, profiles) => {
      const rig = await Rig.open({ registry, profiles: persistent, profileRulesOf });
      await rig.deliver(falling);
      await rig.flush();
      const before = rig.accounts.counters.recomputedMeters;
      rig.useRegistry(registry, profiles);
      await rig.flush();
      const isOtherwise = JSON.stringify(profiles) !== '{}';
      expect(rig.accounts.counters.recomputedMeters - before).toBe(isOtherwise ? 1 : 0);
      expectSameBooks(
        await booksOf(rig.store),
        await recomputed(falling, { registry, profiles, profileRulesOf }),
      );
      await rig.close();
    });

    it('while the worker was away, or was killed in the middle of it', async () => {
      const profiles: ProfileBook = { own: { energyForwardWh: 'volatile' } };
      const rig = await Rig.open({ registry, profiles: persistent, profileRulesOf });
      await rig.deliver(falling);
      await rig.flush();
      rig.profiles = profiles;
      await rig.restart();
      await rig.crash(1);
      await rig.flush();
      const asVolatile = await recomputed(falling, { registry, profiles, profileRulesOf });
      expectSameBooks(await booksOf(rig.store), asVolatile);
      const asPersistent = await recomputed(falling, { registry, profiles: persistent, profileRulesOf });
      expect(asVolatile.days).not.toEqual(asPersistent.days);
      await rig.close();
    });

    it('than a version that wrote no profiles down: how long a value holds counts from the next start on', async () => {
      const profiles: ProfileBook = { own: { energyForwardWh: 'persistent', expireAfterMs: 3 * HOUR } };
      const rig = await Rig.open({ registry, profiles: persistent, profileRulesOf });
      await rig.deliver(falling);
      await rig.flush();
      rig.journal
        .prepare("UPDATE accounted_registry SET document = json_remove(document, '$.profiles')")
        .run();
      rig.profiles = profiles;
      await rig.restart();
      await rig.flush();
      expectSameBooks(
        await booksOf(rig.store),
        await recomputed(falling, { registry, profiles, profileRulesOf }),
      );
      await rig.close();
    });
  });

  it('and recomputes only the meters that it moves', async () => {
    const rig = await Rig.open({ registry: BEFORE });
    await rig.deliver(readings());
    await rig.flush();
    const before = rig.accounts.counters.recomputedMeters;
    rig.useRegistry(changed('pv-1', { source: 'wind', name: 'Roof' }));
    await rig.flush();
    rig.useRegistry(changed('pv-1', { invert: true }));
    await rig.flush();
    expect(rig.accounts.counters.recomputedMeters - before).toBe(1);
    await rig.close();
  });
});

describe('Books of a version that did not tell units apart', () => {
  it('are restated at the next start where a unit has equipment, without reading a raw value', async () => {
    const registry = changed('pv-1', { ownership: 'coe-wet', country: 'BD', unit: 'BANBATT' });
    const rig = await Rig.open({ registry });
    await rig.deliver(readings());
    await rig.flush();
    // As that version left them: one entry a source and ownership, and a registry without a version beside it.
    const { ledger, months } = await booksOf(rig.store);
    for (const { contributor: _, ...old } of [...ledger, ...months]) {
      const { mission, camp, level, period } = old;
      const others = [...ledger, ...months].filter(
        (each) => each.level === level && each.period === period && each.contributor === undefined,
      );
      if (old.source === 'solar')
        await rig.store.replaceLedger({ mission, camp, level, period }, [...others, old]);
    }
    rig.journal.prepare('UPDATE accounted_registry SET document = ?').run(JSON.stringify(registry));
    await rig.restart();
    await rig.flush();
    expect(rig.accounts.counters.recomputedMeters).toBe(0);
    expectSameBooks(await booksOf(rig.store), await recomputed(readings(), { registry }));
    await rig.close();
  });
});

describe('The books', () => {
  it('of a camp of 60 meters are those of one recomputation', async () => {
    const slugs = Array.from({ length: 60 }, (_, i) => `m-${String(i)}`);
    const registry = campOf(
      Object.fromEntries(slugs.map((slug) => [slug, meter('solar', { expectedIntervalS: 1_800 })])),
    );
    const all = readings(slugs);
    const rig = await Rig.open({ registry });
    for (let i = 0; i < 4; i += 1) {
      await rig.deliver(all.filter((_, n) => n % 4 === 3 - i));
      await rig.flush();
    }
    expectSameBooks(await booksOf(rig.store), await recomputed(all, { registry }));
    await rig.close();
  }, 60_000);

  it('carry a register over a gap of months, every silent day with its part', async () => {
    const across = [0, 1, 100 * 24, 100 * 24 + 1].map((hours): Reading => ({
      meter: PV,
      at: T0 + hours * HOUR,
      values: { energyForwardWh: hours * 1_000 },
    }));
    const rig = await Rig.open({ registry: BEFORE });
    for (const each of across) {
      await rig.deliver([each]);
      await rig.flush();
      await rig.restart();
    }
    await rig.flush();
    const books = await booksOf(rig.store);
    expectSameBooks(books, await recomputed(across, { registry: BEFORE }));
    expect(books.months.reduce((sum, { energyWh }) => sum + energyWh, 0)).toBe((100 * 24 + 1) * 1_000);
    expect(books.ledger.find(({ period }) => period === '2026-12-24')?.energyWh).toBe(24_000);
    await rig.close();
  });

  it('give a day of 23 hours its 23 hours', async () => {
    const registry = campOf(METERS, { zone: 'Asia/Beirut' });
    const from = Date.UTC(2026, 2, 27, 12);
    const steady = Array.from({ length: 72 * 2 }, (_, n): Reading => ({
      meter: PV,
      at: from + n * (HOUR / 2),
      values: { energyForwardWh: n * 500 },
    }));
    const rig = await Rig.open({ registry });
    await rig.deliver(steady.toReversed());
    await rig.flush();
    const { ledger } = await booksOf(rig.store);
    expect(ledger.map(({ period, energyWh }) => [period, energyWh])).toEqual([
      ['2026-03-27', 10_000],
      ['2026-03-28', 24_000],
      ['2026-03-29', 23_000],
      ['2026-03-30', 14_500],
    ]);
    await rig.close();
  });

  it('take in meters that are new to the store without reading a raw value', async () => {
    const rig = await Rig.open({ registry: BEFORE });
    const all = readings().sort((a, b) => a.at - b.at);
    await rig.deliver(all);
    await rig.flush();
    expect(rig.accounts.counters.recomputedMeters).toBe(0);
    expectSameBooks(await booksOf(rig.store), await recomputed(all, { registry: BEFORE }));
    await rig.close();
  });

  it('go on after a clean restart without reading a raw value again', async () => {
    const rig = await Rig.open({ registry: BEFORE });
    const all = readings();
    const last = Math.max(...all.map(({ at }) => at));
    await rig.deliver(all.filter(({ at }) => at < last));
    await rig.flush();
    await rig.restart();
    await rig.deliver(all.filter(({ at }) => at === last));
    await rig.flush();
    expect(rig.accounts.counters.recomputedMeters).toBe(0);
    expectSameBooks(await booksOf(rig.store), await recomputed(all, { registry: BEFORE }));
    await rig.close();
  });
});
