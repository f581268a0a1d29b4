/** `npm run registry -- import --dry-run` on the files of a worker. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OwnFactors } from '#lib/energy/factors.ts';
import { meterRef, type Reading } from '#lib/energy/reading.ts';
import { stringifyRegistry } from '#lib/registry/stringify.ts';
import type { Registry } from '#lib/registry/types.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { runScript, type CommandOutcome } from '../../support/command.ts';
import { campOf, meter, Rig } from '../account/rig.ts';

const HOUR = 3_600_000;
const diesel = meter('diesel', { expectedIntervalS: 3_600 });
const solar = meter('solar', { expectedIntervalS: 3_600 });
const BEFORE = campOf({ 'genset-1': diesel, 'pv-1': solar });
/** Juba's midnight before 1 March 2026 */
const FIRST = Date.UTC(2026, 1, 28, 22);

describe('npm run registry -- import --dry-run', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.open({ registry: BEFORE });
    const store = openRegistryStore(rig.folder);
    store.save(BEFORE, { author: 'a', reason: 'r', savedAt: 0 });
    store.close();
    const readings = ['genset-1', 'pv-1'].flatMap((slug, i) =>
      Array.from({ length: 24 * 4 + 1 }, (_, n): Reading => ({
        meter: meterRef('unmiss', 'juba', slug),
        at: FIRST + n * HOUR,
        values: { energyForwardWh: n * 1_000 * (3 - 2 * i) },
      })),
    );
    await rig.deliver(readings);
    await rig.flush();
  });
  afterEach(() => rig.close());

  function dryRun(registry: Registry, ...more: string[]): Promise<CommandOutcome> {
    const file = join(rig.folder, 'new.yaml');
    writeFileSync(file, stringifyRegistry(registry));
    return runScript('ingest/cli/registry.ts', ['import', file, '--dry-run', ...more], {
      DATA_DIR: rig.folder,
    });
  }

  it('tells which month would change and what would be computed again, and changes nothing', async () => {
    const { code, stdout } = await dryRun(
      campOf({ 'genset-1': diesel, 'pv-1': { ...solar, from: '2026-03-03' } }),
    );
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'Against version 1, in force now:',
      'Would read differently:',
      '  UNMISS March 2026: 25.0 % → 14.3 % renewable (of 384 kWh → 336 kWh)',
      'Ledger rebuilt:',
      '  unmiss/juba: 3 days between 2026-02-28 and 2026-03-02',
      'Nothing was written. Import it without --dry-run to put it in force.',
      '',
    ]);
    const store = openRegistryStore(rig.folder);
    expect(store.current().registry).toEqual(BEFORE);
    store.close();
  });

  it('tells of a transformer ratio that changes and whose meter does not know', async () => {
    const line = { profile: 'mbmd', topic: 'mbmd/a', mission: 'unmiss', camp: 'juba', meter: 'genset-1' };
    const store = openRegistryStore(rig.folder);
    store.save({ ...BEFORE, sources: [line] }, { author: 'a', reason: 'r', savedAt: 0 });
    store.close();
    const { stdout } = await dryRun({ ...BEFORE, sources: [{ ...line, ctRatio: 40 }] });
    expect(stdout).toContain('The ctRatio of mbmd/a changes and no meter has a new event ct-change');
  });

  it('tells from which day on emissions would be counted otherwise, and takes no other values for a saved version', async () => {
    const own: OwnFactors = {
      version: 'own-1',
      from: '2026-03-02',
      source: 'ministry',
      vintage: 2026,
      gwp: 'IPCC AR5',
      dieselKgCo2PerL: 2.6,
      dieselKgCo2ePerL: 2.65,
    };
    const { stdout } = await dryRun({ ...BEFORE, factors: [own] });
    expect(stdout).toContain('Emissions of all missions counted with other factors from 2026-03-02 on.');
    const store = openRegistryStore(rig.folder);
    store.save({ ...BEFORE, factors: [own] }, { author: 'a', reason: 'r', savedAt: 0 });
    const other = { ...BEFORE, factors: [{ ...own, dieselKgCo2ePerL: 2.7 }] };
    const file = join(rig.folder, 'new.yaml');
    writeFileSync(file, stringifyRegistry(other));
    const refused = [
      await dryRun(other),
      await runScript('ingest/cli/registry.ts', ['import', file], { DATA_DIR: rig.folder }),
    ];
    for (const { code, stderr } of refused) {
      expect(code).toBe(1);
      expect(stderr).toContain('The values of version `own-1` are in use and cannot change.');
    }
    expect(store.current().registry.factors).toEqual([own]);
    store.close();
  });

  it('says so when nothing would change', async () => {
    const { stdout } = await dryRun(campOf({ 'genset-1': { ...diesel, name: 'North' }, 'pv-1': solar }));
    expect(stdout).toContain('Nothing on record would change');
  });

  it('explains itself when it is asked otherwise', async () => {
    const { code, stderr } = await dryRun(BEFORE, 'another.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain('npm run registry -- import my.yaml --dry-run');
  });
});
