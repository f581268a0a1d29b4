/** `npm run corrections` on the files of a worker: what it shows is what the books then say. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { meterRef, type Reading } from '#lib/energy/reading.ts';
import { openCorrectionStore } from '#lib/server/registry/correction-store.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { runScript, type CommandOutcome } from '../../support/command.ts';
import { campOf, meter, Rig } from '../account/rig.ts';

const HOUR = 3_600_000;
const REGISTRY = campOf({ 'pv-1': meter('solar', { expectedIntervalS: 1_800 }) });
const PV = meterRef('unmiss', 'juba', 'pv-1');
/** local midnight in Juba, two hours before UTC's */
const FIRST = Date.UTC(2026, 8, 30, 22);

describe('npm run corrections', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.open({ registry: REGISTRY });
    const registryStore = openRegistryStore(rig.folder);
    registryStore.save(REGISTRY, { author: 'a', reason: 'r', savedAt: 0 });
    registryStore.close();
    const readings = Array.from({ length: 24 * 5 + 1 }, (_, i): Reading => ({
      meter: PV,
      at: FIRST + i * HOUR,
      values: { energyForwardWh: i * 1_000 },
    }));
    await rig.deliver(readings);
    await rig.flush();
  });
  afterEach(() => rig.close());

  const run = (...args: string[]): Promise<CommandOutcome> =>
    runScript('ingest/cli/corrections.ts', args, { DATA_DIR: rig.folder });

  it('tells day by day what would change, then does just that', async () => {
    const add = ['add', 'unmiss/juba/pv-1', '2026-10-02', '2026-10-03 12:00', 'replace', '--kwh', '30.5'];
    const why = ['--reason', 'read off by hand', '--author', 'A. Officer'];
    const dry = await run(...add, ...why, '--dry-run');
    expect(dry.stderr).toBe('');
    expect(dry.stdout.split('\n')).toEqual([
      '2026-10-02  24000 → 20333 Wh (-3667)',
      '2026-10-03  24000 → 22167 Wh (-1833)',
      '2 days would change: 48000 → 42500 Wh (-5500). Nothing was written.',
      '',
    ]);
    const store = openCorrectionStore(rig.folder);
    try {
      expect(store.history()).toEqual([]);
      const done = await run(...add, ...why);
      expect(done).toMatchObject({ code: 0, stderr: '' });
      expect(done.stdout).toMatch(
        /^In force now: 1 .*replace by 30500 Wh \(manual\) .*A\. Officer.*read off by hand/,
      );
      rig.useCorrections(store.current());
      await rig.flush();
      const days = await rig.store.readLedger({ level: 'day', from: '2026-10-02', to: '2026-10-03' });
      expect(days.map(({ energyWh, manualWh }) => [energyWh, manualWh])).toEqual([
        [20_333, 20_333],
        [22_167, 10_167],
      ]);
      const back = await run('withdraw', '1', '--reason', 'wrong meter', '--dry-run');
      expect(back.stdout).toContain('2026-10-02  20333 → 24000 Wh (+3667)');
    } finally {
      store.close();
    }
  }, 120_000);

  it('lists those in force, and with --all how the others ended', async () => {
    const range = ['unmiss/juba/pv-1', '2026-10-02', '2026-10-03'];
    await run('add', ...range, 'scale', '1.25', '--reason', 'ratio 250/5, not 200/5');
    await run('withdraw', '1', '--reason', 'it was 200/5', '--author', 'B. Auditor');
    expect((await run()).stdout).toBe('No corrections.\n');
    const all = (await run('list', '--all')).stdout;
    expect(all).toContain('2026-10-02T00:00:00+02:00 to 2026-10-03T00:00:00+02:00  scale energy × 1.25');
    expect(all).toMatch(/withdrawn \(B\. Auditor, .*: it was 200\/5\)/);
  });

  it('refuses what it cannot understand or stand for, and says what to write instead', async () => {
    const range = ['unmiss/juba/pv-1', '2026-10-02', '2026-10-03'];
    const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
      [
        ['add', 'unmiss/juba/nobody', '2026-10-02', '2026-10-03', 'confirm', '--reason', 'r'],
        1,
        /not in the registry/,
      ],
      [['add', ...range, 'confirm'], 1, /CORRECTION_INVALID: A correction needs a reason/],
      [['add', ...range, 'guess', '--reason', 'r'], 2, /exclude, confirm, scale or replace/],
      [['add', ...range, 'exclude', '--quantity', 'kwh', '--reason', 'r'], 2, /no quantity kwh/],
      [
        ['add', 'unmiss/juba/pv-1', 'yesterday', '2026-10-03', 'confirm', '--reason', 'r'],
        2,
        /"yesterday" is no time/,
      ],
      [['withdraw', '7', '--reason', 'r'], 1, /There is no correction 7/],
      [['add', ...range, 'replace', '--kwh', '1,5', '--reason', 'r'], 2, /needs a number such as 1234\.5/],
      [['remove', '1'], 2, /Usage:/],
    ];
    const outcomes = await Promise.all(cases.map(([args]) => run(...args)));
    for (const [i, [, code, words]] of cases.entries()) {
      expect([outcomes[i]?.code, outcomes[i]?.stdout]).toEqual([code, '']);
      expect(outcomes[i]?.stderr).toMatch(words);
    }
  }, 120_000);
});
