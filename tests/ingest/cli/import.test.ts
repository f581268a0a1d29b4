/** `npm run import` beside a running worker: what a file says, stored once, and what it cannot say, told. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meterRef, type Reading } from '#lib/energy/reading.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { openStore } from '#lib/server/store/open.ts';
import { createSqliteStore } from '#lib/server/store/sqlite/store.ts';
import { runScript, type CommandOutcome } from '../../support/command.ts';
import { tableOfPage } from '../../support/documented-table.ts';
import { freePort } from '../../support/free-port.ts';
import { startInflux, type Influx } from '../../support/influx.ts';
import { startMosquitto, type Mosquitto } from '../../support/mosquitto.ts';
import { describeWith } from '../../support/requires.ts';
import { startWorkerProcess, type WorkerProcess } from '../../support/worker.ts';
import { campOf, meter } from '../account/rig.ts';

const REGISTRY = campOf({ 'pv-1': meter('solar'), 'genset-1': meter('diesel') });
const tableOf = (header: string): string => tableOfPage('docs/import.md', header);

describe('npm run import', () => {
  let worker: WorkerProcess;
  let brokerPort: number;
  beforeAll(async () => {
    brokerPort = await freePort();
    worker = await startWorkerProcess({
      settings: { BROKER_PORT: brokerPort },
      fill: (dataDir) => {
        const store = openRegistryStore(dataDir);
        store.save(REGISTRY, { author: 'a', reason: 'r', savedAt: 0 });
        store.close();
      },
    });
  }, 120_000);
  afterAll(() => worker.stop());

  function fileOf(name: string, text: string): string {
    const file = join(worker.dataDir, name);
    writeFileSync(file, text);
    return file;
  }
  const run = (...args: string[]): Promise<CommandOutcome> =>
    runScript('ingest/cli/import.ts', args, { DATA_DIR: worker.dataDir, BROKER_PORT: String(brokerPort) });
  async function stored(name: string, day: string): Promise<Pick<Reading, 'at' | 'values'>[]> {
    const store = createSqliteStore({ file: join(worker.dataDir, 'readings.db'), readOnly: true });
    const from = Date.parse(`${day}T00:00:00Z`);
    const found = await store.readReadings(meterRef('unmiss', 'juba', name), {
      from,
      to: from + 86_400_000,
    });
    await store.close();
    return found.map(({ at, values }) => ({ at, values }));
  }

  it('tells line by line what it would do, then does just that, and a second time nothing', async () => {
    const file = fileOf('long.csv', tableOf('at,mission'));
    const dry = await run(file, '--dry-run');
    expect(dry).toMatchObject({ code: 0, stderr: '' });
    expect(dry.stdout.split('\n')).toEqual([
      'line 2: new      unmiss/juba/pv-1 2026-01-05T04:00:00.000Z energyForwardWh 1200000',
      'line 3: new      unmiss/juba/pv-1 2026-01-05T04:15:00.000Z energyForwardWh 1204500.5',
      'line 4: new      unmiss/juba/genset-1 2026-01-05T04:00:00.000Z fuelUsedL 261944.5',
      '3 new, 0 same, 0 differ, 0 refused. Nothing was written.',
      '',
    ]);
    expect(await stored('pv-1', '2026-01-05')).toEqual([]);
    expect(await run(file)).toEqual({
      code: 0,
      stdout: '3 new, 0 same, 0 differ, 0 refused.\n',
      stderr: '',
    });
    const after = await stored('pv-1', '2026-01-05');
    expect(after.map(({ values }) => values)).toEqual([
      { energyForwardWh: 1_200_000 },
      { energyForwardWh: 1_204_500.5 },
    ]);
    expect((await run(file)).stdout).toBe('0 new, 3 same, 0 differ, 0 refused.\n');
    expect(await stored('pv-1', '2026-01-05')).toEqual(after);
  }, 120_000);

  it('takes wide tables with semicolons, decimal commas, a byte order mark and quoted cells', async () => {
    const table = tableOf('at;').replaceAll('\n', '\r\n');
    const file = fileOf('wide.csv', `\uFEFF${table}`);
    expect(await run(file)).toMatchObject({ code: 0, stderr: '' });
    expect((await stored('pv-1', '2026-02-01')).map(({ values }) => values)).toEqual([
      { activePowerW: 1500.5 },
      { activePowerW: 1620 },
    ]);
    expect((await stored('genset-1', '2026-02-01')).map(({ values }) => values)).toEqual([
      { energyForwardWh: 900 },
    ]);
  }, 120_000);

  it('keeps what is stored, and writes what it did not take into a file that can be mended and imported', async () => {
    const head = 'at,mission,camp,meter,quantity,value';
    const of = (at: string, value: string) => `${at},unmiss,juba,pv-1,energyForwardWh,${value}`;
    await run(fileOf('first.csv', [head, of('2026-03-01T00:00:00Z', '100')].join('\n')));
    const file = fileOf(
      'second.csv',
      [
        head,
        of('2026-03-01T00:00:00Z', '101'),
        of('2026-03-01T00:15:00Z', '110'),
        of('2026-03-01T00:15:00Z', '111'),
        of('2026-03-01T00:15:00Z', '110'),
        of('2026-03-01T00:30:00Z', '12 kWh'),
        of('2026-03-01T00:30:00Z', '-5'),
        of('2031-03-01T00:30:00Z', '120'),
        of('yesterday', '120'),
        '2026-03-01T00:45:00Z,unmiss,juba,pv-9,energyForwardWh,1',
        '2026-03-01T00:45:00Z,unmiss,juba,pv-1,kwh,1',
        '2026-03-01T00:45:00Z,unmiss,juba,pv-1,energyForwardWh,1,5',
      ].join('\n'),
    );
    const outcome = await run(file);
    expect(outcome.code).toBe(1);
    expect(outcome.stdout).toContain('1 new, 1 same, 2 differ, 7 refused.');
    expect((await stored('pv-1', '2026-03-01')).map(({ values }) => values.energyForwardWh)).toEqual([
      100, 110,
    ]);
    const refused = readFileSync(join(worker.dataDir, 'second.refused.csv'), 'utf8').split('\r\n');
    expect(refused[0]).toBe(`refused_line,refused_why,${head}`);
    const reasons = [
      /^2,.*100 is stored, and readings are never overwritten/,
      /^4,.*line 3 of this file says 110/,
      /^6,.*is no number/,
      /^7,.*can only lie between 0/,
      /^8,.*in the future/,
      /^9,.*is no time/,
      /^10,.*no meter ""pv-9""/,
      /^11,.*no quantity ""kwh""/,
      /^12,.*7 cells, the header has 6/,
    ];
    for (const [index, reason] of reasons.entries()) expect(refused[index + 1]).toMatch(reason);
    const mended = `${refused[0] ?? ''}\r\n${(refused[3] ?? '').replaceAll('12 kWh', '120')}`;
    expect(await run(fileOf('mended.csv', mended))).toMatchObject({
      code: 0,
      stdout: '1 new, 0 same, 0 differ, 0 refused.\n',
    });
    await run(file);
    expect(existsSync(join(worker.dataDir, 'second.refused-2.csv'))).toBe(true);
  }, 120_000);

  it('never guesses a local time, a decimal mark or a column', async () => {
    const head = 'at;mission;camp;meter;quantity;value';
    const row = (value: string) => `2026-03-01;unmiss;juba;pv-1;energyForwardWh;${value}`;
    const ambiguous = fileOf('ambiguous.csv', `${head}\n${row('1,234')}\n`);
    const outcomes = await Promise.all([
      run(ambiguous, '--dry-run'),
      run(ambiguous, '--dry-run', '--decimal', 'comma'),
      run(fileOf('columns.csv', 'time,value\n1,2\n')),
      run(fileOf('wide-column.csv', 'at,unmiss/juba/pv-1 kwh\n2026-03-01,2\n')),
      run(join(worker.dataDir, 'nowhere.csv')),
      run(fileOf('quote.csv', `${head}\n${row('5')}\n${row('"6')}\n`), '--dry-run'),
    ]);
    expect(outcomes.map(({ code }) => code)).toEqual([2, 0, 2, 2, 1, 1]);
    const words = [
      /--decimal/,
      /^$/,
      /registers: at, mission/,
      /mission\/camp\/meter quantity/,
      /cannot be read/,
      /Quote/i,
    ];
    for (const [index, word] of words.entries()) expect(outcomes[index]?.stderr).toMatch(word);
    expect(outcomes[1]?.stdout).toContain('energyForwardWh 1.234');
  }, 120_000);
});

it('says that the broker is away, and loses nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bluewatt-import-'));
  try {
    const registryStore = openRegistryStore(folder);
    registryStore.save(REGISTRY, { author: 'a', reason: 'r', savedAt: 0 });
    registryStore.close();
    await createSqliteStore({ file: join(folder, 'readings.db') }).close();
    const file = join(folder, 'long.csv');
    writeFileSync(file, tableOf('at,mission'));
    const port = String(await freePort());
    const outcome = await runScript('ingest/cli/import.ts', [file], { DATA_DIR: folder, BROKER_PORT: port });
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(/^BROKER_UNAVAILABLE: .*Is the worker running/);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);

describeWith(
  ['mosquitto', 'influxd'],
  'npm run import with a broker and a database that somebody runs',
  () => {
    let broker: Mosquitto;
    let influx: Influx;
    let worker: WorkerProcess;
    beforeAll(async () => {
      [broker, influx] = await Promise.all([
        startMosquitto({ config: 'allow_anonymous true\nmax_queued_messages 0' }),
        startInflux(),
      ]);
      worker = await startWorkerProcess({
        settings: { MQTT_URL: broker.url, INFLUX_URL: influx.url },
        fill: (dataDir) => {
          const store = openRegistryStore(dataDir);
          store.save(REGISTRY, { author: 'a', reason: 'r', savedAt: 0 });
          store.close();
        },
      });
    }, 120_000);
    afterAll(async () => {
      await worker.stop();
      await influx.stop();
      await broker.stop();
    });

    it('stores a file through them once', async () => {
      const file = join(worker.dataDir, 'long.csv');
      writeFileSync(file, tableOf('at,mission'));
      const settings = { DATA_DIR: worker.dataDir, MQTT_URL: broker.url, INFLUX_URL: influx.url };
      const run = () => runScript('ingest/cli/import.ts', [file], settings);
      expect(await run()).toEqual({ code: 0, stdout: '3 new, 0 same, 0 differ, 0 refused.\n', stderr: '' });
      expect(await run()).toEqual({ code: 0, stdout: '0 new, 3 same, 0 differ, 0 refused.\n', stderr: '' });
      const store = await openStore({ influxUrl: influx.url, dataDir: '/nonexistent', readOnly: true });
      const from = Date.parse('2026-01-05T00:00:00Z');
      const found = await store.readReadings(meterRef('unmiss', 'juba', 'pv-1'), {
        from,
        to: from + 86_400_000,
      });
      await store.close();
      expect(found.map(({ values }) => values)).toEqual([
        { energyForwardWh: 1_200_000 },
        { energyForwardWh: 1_204_500.5 },
      ]);
    }, 120_000);
  },
);

describeWith(['mosquitto'], 'npm run import with a broker that says no', () => {
  it('tells whose word is missing', async () => {
    const broker = await startMosquitto({ config: 'allow_anonymous false' });
    const folder = mkdtempSync(join(tmpdir(), 'bluewatt-import-'));
    try {
      const store = openRegistryStore(folder);
      store.save(REGISTRY, { author: 'a', reason: 'r', savedAt: 0 });
      store.close();
      await createSqliteStore({ file: join(folder, 'readings.db') }).close();
      const file = join(folder, 'long.csv');
      writeFileSync(file, tableOf('at,mission'));
      const settings = { DATA_DIR: folder, MQTT_URL: broker.url };
      const outcome = await runScript('ingest/cli/import.ts', [file], settings);
      expect(outcome.code).toBe(1);
      expect(outcome.stderr).toMatch(/^BROKER_REFUSED: .*Set MQTT_USERNAME and MQTT_PASSWORD/);
    } finally {
      await broker.stop();
      rmSync(folder, { recursive: true });
    }
  }, 60_000);
});
