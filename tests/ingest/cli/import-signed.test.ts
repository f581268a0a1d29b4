/** `npm run import` of what people know: signed, once, and never lost when somebody knows better. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { monthRange } from '#lib/energy/calendar.ts';
import { openCorrectionStore } from '#lib/server/registry/correction-store.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { runScript, type CommandOutcome } from '../../support/command.ts';
import { tableOfPage } from '../../support/documented-table.ts';
import { campOf, meter } from '../account/rig.ts';

const REGISTRY = campOf({
  'pv-1': meter('solar'),
  'genset-1': meter('diesel'),
  'genset-2': meter('diesel', { from: '2026-01-16', to: '2026-02-11' }),
});
const SIGNED = ['--reason', 'meter book', '--author', 'A. Officer'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bluewatt-import-signed-'));
  const store = openRegistryStore(folder);
  store.save(REGISTRY, { author: 'a', reason: 'r', savedAt: 0 });
  store.close();
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function fileOf(name: string, ...lines: readonly string[]): string {
  const file = join(folder, name);
  writeFileSync(file, lines.join('\n'));
  return file;
}
const run = (...args: string[]): Promise<CommandOutcome> =>
  runScript('ingest/cli/import.ts', args, { DATA_DIR: folder });

function corrections() {
  const store = openCorrectionStore(folder);
  const [current, history] = [store.current(), store.history()];
  store.close();
  return { current, history };
}

function registryVersion() {
  const store = openRegistryStore(folder);
  const current = store.current();
  store.close();
  return {
    version: current.version,
    headcount: current.registry.missions['unmiss']?.camps['juba']?.headcount,
  };
}

describe('npm run import of months read off by hand', () => {
  it('tells line by line what it would do, does just that, and a second time nothing', async () => {
    const file = fileOf('book.csv', tableOfPage('docs/import.md', 'month,'));
    const dry = await run(file, '--dry-run', ...SIGNED);
    expect(dry).toMatchObject({ code: 0, stderr: '' });
    expect(dry.stdout.split('\n')).toEqual([
      'line 2: new      unmiss/juba/pv-1 2026-01 81250.5 kWh',
      'line 3: new      unmiss/juba/genset-1 2026-01 120400 kWh',
      '2 new, 0 changed, 0 same, 0 differ, 0 refused. Nothing was written.',
      '',
    ]);
    expect(corrections().history).toEqual([]);
    expect((await run(file, ...SIGNED)).stdout).toBe('2 new, 0 changed, 0 same, 0 differ, 0 refused.\n');
    const { current } = corrections();
    expect(current[0]).toMatchObject({
      ...monthRange('2026-01', 'Africa/Juba'),
      meter: { key: 'unmiss/juba/pv-1' },
      effect: { kind: 'replace', known: 'manual', energyWh: 81_250_500 },
      author: 'A. Officer',
      reason: 'meter book',
    });
    expect(await run(file, ...SIGNED)).toEqual({
      code: 0,
      stdout: '0 new, 0 changed, 2 same, 0 differ, 0 refused.\n',
      stderr: '',
    });
    expect(corrections().history).toHaveLength(2);
  }, 60_000);

  it('supersedes a changed figure by a further entry, says so, and keeps the litres that were stated', async () => {
    const month = monthRange('2026-01', 'Africa/Juba');
    const store = openCorrectionStore(folder);
    store.add(
      [
        {
          meter: { mission: 'unmiss', camp: 'juba', meter: 'genset-1', key: 'unmiss/juba/genset-1' },
          ...month,
          effect: { kind: 'replace', known: 'estimated', energyWh: 5, fuelMl: 7_000 },
        },
      ],
      { author: 'B', reason: 'guessed', madeAt: Date.now() },
    );
    store.close();
    const { code, stdout } = await run(
      fileOf('book.csv', 'month,mission,camp,meter,kWh', '2026-01,unmiss,juba,genset-1,120400'),
      ...SIGNED,
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /line 2: changed .* 120400 kWh, in place of: 1 .*5 Wh, 7000 mL \(estimated\) .*guessed/,
    );
    expect(stdout).toContain('0 new, 1 changed,');
    const { current, history } = corrections();
    expect(current.map(({ effect, supersedes }) => [effect, supersedes])).toEqual([
      [{ kind: 'replace', known: 'manual', energyWh: 120_400_000, fuelMl: 7_000 }, 1],
    ]);
    expect(history).toHaveLength(2);
  }, 60_000);

  it('counts a month only for the days its meter was in service', async () => {
    await run(
      fileOf(
        'book.csv',
        'month,mission,camp,meter,kWh',
        '2026-01,unmiss,juba,genset-2,10',
        '2026-02,unmiss,juba,genset-2,20',
      ),
      ...SIGNED,
    );
    const juba = (date: string) => Date.parse(`${date}T00:00:00+02:00`);
    expect(corrections().current.map(({ from, to }) => [from, to])).toEqual([
      [juba('2026-01-16'), juba('2026-02-01')],
      [juba('2026-02-01'), juba('2026-02-11')],
    ]);
  }, 60_000);

  it('refuses what cannot be, beside the reason, and takes the rest', async () => {
    const head = 'month;mission;camp;meter;kWh';
    await run(fileOf('first.csv', head, '2026-03;unmiss;juba;pv-1;7'), ...SIGNED);
    const store = openCorrectionStore(folder);
    const [held] = store.current();
    store.withdraw(held?.id ?? 0, { author: 'a', reason: 'r', madeAt: 1 });
    const { from } = monthRange('2026-03', 'Africa/Juba');
    const effect = { kind: 'replace', known: 'manual', energyWh: 1 } as const;
    if (held !== undefined) {
      const part = { meter: held.meter, from, to: from + 86_400_000, effect };
      store.add([part], { author: 'a', reason: 'one day', madeAt: Date.now() });
    }
    store.close();
    const file = fileOf(
      'book.csv',
      head,
      '2026-03;unmiss;juba;pv-1;7',
      '2026-04;unmiss;juba;pv-1;1,5',
      '2026-04;unmiss;juba;pv-1;2,5',
      '2026-04;unmiss;juba;pv-1;1,50',
      '2026-13;unmiss;juba;pv-1;1',
      'Oct-26;unmiss;juba;pv-1;1',
      '2026-05;unmiss;juba;pv-9;1',
      '2026-05;unmiss;juba;pv-1;-1',
      '2026-05;unmiss;juba;pv-1;1 kWh',
      '2096-05;unmiss;juba;pv-1;1',
      '2026-05;unmiss;juba;genset-2;1',
      '2026-05;unmiss;juba;pv-1',
      '2026-05;unmiss;juba;pv-1;1e9',
    );
    const { code, stdout } = await run(file, ...SIGNED);
    expect(code).toBe(1);
    expect(stdout).toContain('1 new, 0 changed, 1 same, 2 differ, 9 refused.');
    const refused = readFileSync(join(folder, 'book.refused.csv'), 'utf8').split('\r\n');
    const reasons = [
      /^2;.*a part of it: 2 .*one day.*Withdraw it first/,
      /^4;.*line 3 of this file says 1\.5 kWh/,
      /^6;.*is no month: write 2026-01/,
      /^7;.*is no month/,
      /^8;.*no meter ""pv-9""/,
      /^9;.*from 0 to/,
      /^10;.*is no number/,
      /^11;.*ends in the future/,
      /^12;.*not in service in 2026-05/,
      /^13;.*4 cells, the header has 5/,
      /^14;.*from 0 to/,
    ];
    for (const [index, reason] of reasons.entries()) expect(refused[index + 1]).toMatch(reason);
    expect(corrections().current).toHaveLength(2);
  }, 60_000);

  it('takes nothing that nobody signs for', async () => {
    const file = fileOf('book.csv', 'month,mission,camp,meter,kWh', '2026-01,unmiss,juba,pv-1,1');
    const outcomes = await Promise.all([
      run(file),
      run(file, '--reason', ' '),
      run(file, '--reason', 'book', '--author', ''),
      run(fileOf('long.csv', 'at,mission,camp,meter,quantity,value'), '--reason', 'r'),
      run(file, '--kind', 'headcount', ...SIGNED),
    ]);
    expect(outcomes.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2]);
    expect(outcomes[0]?.stderr).toMatch(/add --reason/);
    expect(outcomes[3]?.stderr).toMatch(/is not signed/);
    expect(outcomes[4]?.stderr).toMatch(/headcount: from, mission, camp, people/);
    expect(corrections().history).toEqual([]);
    expect(existsSync(join(folder, 'book.refused.csv'))).toBe(false);
  }, 60_000);

  it('takes the lines before a quote that never ends, and says so', async () => {
    const file = fileOf(
      'book.csv',
      'month,mission,camp,meter,kWh',
      '2026-01,unmiss,juba,pv-1,1',
      '2026-02,unmiss,juba,pv-1,"2',
    );
    const { code, stdout, stderr } = await run(file, ...SIGNED);
    expect([code, stdout]).toEqual([1, '1 new, 0 changed, 0 same, 0 differ, 0 refused.\n']);
    expect(stderr).toMatch(/The lines before it were taken/);
    expect(corrections().current).toHaveLength(1);
  }, 60_000);
});

describe('npm run import of fuel', () => {
  const fuel = (...args: string[]): Promise<CommandOutcome> =>
    runScript('ingest/cli/fuel.ts', args, { DATA_DIR: folder });

  it('takes deliveries once, and supersedes what a note says otherwise', async () => {
    const file = fileOf('fuel.csv', tableOfPage('docs/import.md', 'date,'));
    const dry = await run(file, '--dry-run', ...SIGNED);
    expect(dry.stdout).toContain('line 2: new      unmiss/juba 2026-01-05 38000 L DN-2026-0107');
    expect((await fuel()).stdout).toBe('No deliveries or stocks.\n');
    expect((await run(file, ...SIGNED)).stdout).toBe('2 new, 0 changed, 0 same, 0 differ, 0 refused.\n');
    expect((await run(file, ...SIGNED)).stdout).toBe('0 new, 0 changed, 2 same, 0 differ, 0 refused.\n');
    const other = fileOf(
      'other.csv',
      'date,mission,camp,litres,reference',
      '2026-01-05,unmiss,juba,37900,DN-2026-0107',
    );
    const { stdout } = await run(other, '--reason', 'recount', '--author', 'B');
    expect(stdout).toMatch(/changed .*37900 L.* in place of 38000 L \(1, A\. Officer: meter book\)/);
    const listed = (await fuel('list', 'unmiss/juba')).stdout.trim().split('\n');
    expect(listed.map((line) => line.split('  ').slice(0, 5))).toEqual([
      ['2', 'unmiss/juba', '2026-01-19', 'delivered 36500.5 L', 'DN-2026-0188'],
      ['3', 'unmiss/juba', '2026-01-05', 'delivered 37900 L', 'DN-2026-0107'],
    ]);
    expect((await fuel('withdraw', '3', '--reason', 'another camp')).stdout).toMatch(/^Withdrawn: 3 /);
    const all = (await fuel('list', '--all')).stdout;
    expect(all).toMatch(/^1 .*superseded by 3$/m);
    expect(all).toMatch(/^3 .*withdrawn \(.*: another camp\)$/m);
    expect((await fuel('withdraw', '3', '--reason', 'again')).stderr).toMatch(
      /^FUEL_RECORD_INVALID: Fuel record 3 is not in force: .* withdrew it/,
    );
  }, 60_000);

  it('takes stocks by the mission’s local time', async () => {
    const file = fileOf('dips.csv', tableOfPage('docs/import.md', 'at,mission,camp,litres'));
    expect((await run(file, ...SIGNED)).stdout).toBe('2 new, 0 changed, 0 same, 0 differ, 0 refused.\n');
    expect((await fuel()).stdout).toContain('2026-01-31T18:00:00+02:00  in the tanks 49150 L');
    expect((await run(file, ...SIGNED)).stdout).toBe('0 new, 0 changed, 2 same, 0 differ, 0 refused.\n');
  }, 60_000);

  it('refuses what cannot have come', async () => {
    const file = fileOf(
      'fuel.csv',
      'date,mission,camp,litres,reference',
      '2096-01-05,unmiss,juba,1,a',
      '2026-02-30,unmiss,juba,1,a',
      '2026-01-05,unmiss,juba,0,a',
      '2026-01-05,unmiss,juba,1e9,a',
      '2026-01-05,unmiss,juba,1,',
      '2026-01-05,unmiss,bor,1,a',
      "2026-01-05,unmiss,juba,1,'=1+1",
      '2026-01-05,unmiss,juba,2,=1+1',
    );
    const { code, stdout } = await run(file, ...SIGNED, '--dry-run');
    expect(code).toBe(1);
    const whys = [
      /future/,
      /none of the calendar/,
      /above 0/,
      /at most/,
      /reference/,
      /no camp/,
      /new/,
      /line 8 of/,
    ];
    for (const [index, why] of whys.entries()) expect(stdout.split('\n')[index]).toMatch(why);
  }, 60_000);
});

describe('npm run import of head counts', () => {
  it('adds them to the registry as one version, and a second time nothing', async () => {
    const file = fileOf('people.csv', tableOfPage('docs/import.md', 'from,'));
    const dry = await run(file, '--dry-run', ...SIGNED);
    expect(dry.stdout).toContain('line 2: new      unmiss/juba from 2026-01-01 2400 people');
    expect(registryVersion().version).toBe(1);
    expect((await run(file, ...SIGNED)).stdout).toBe('2 new, 0 changed, 0 same, 0 differ, 0 refused.\n');
    const after = registryVersion();
    expect(after).toEqual({
      version: 2,
      headcount: [
        { from: '2026-01-01', people: 2400 },
        { from: '2026-06-15', people: 2150 },
      ],
    });
    expect((await run(file, ...SIGNED)).stdout).toBe('0 new, 0 changed, 2 same, 0 differ, 0 refused.\n');
    expect(registryVersion()).toEqual(after);
  }, 60_000);

  it('says which count of the same date it takes the place of', async () => {
    const head = 'from,mission,camp,people';
    await run(fileOf('people.csv', head, '2026-01-01,unmiss,juba,2400'), ...SIGNED);
    const { stdout } = await run(fileOf('people.csv', head, '2026-01-01,unmiss,juba,2410'), ...SIGNED);
    expect(stdout).toContain('changed  unmiss/juba from 2026-01-01 2410 people, in place of 2400 people');
    expect(registryVersion()).toEqual({ version: 3, headcount: [{ from: '2026-01-01', people: 2410 }] });
  }, 60_000);

  it('refuses what is no count', async () => {
    const file = fileOf(
      'people.csv',
      'from,mission,camp,people',
      '2026-01-01,unmiss,bor,5',
      '2026-02-30,unmiss,juba,5',
      '2026-02-01,unmiss,juba,5.5',
      '2026-02-01,unmiss,juba,-5',
      '2026-02-01,unmiss,juba,many',
      '2026-02-01,unmiss,juba,0',
      '2026-02-01,unmiss,juba,1',
    );
    const { code, stdout } = await run(file, ...SIGNED, '--dry-run');
    expect(code).toBe(1);
    const whys = [
      /no camp "bor"/,
      /no date/,
      /whole number/,
      /whole number/,
      /no number/,
      /^line 7: new/,
      /line 7 of/,
    ];
    for (const [index, why] of whys.entries()) expect(stdout.split('\n')[index]).toMatch(why);
  }, 60_000);
});
