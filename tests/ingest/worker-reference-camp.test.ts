/**
 * The reference camp, worked out by hand, as its meters would have told it: over MQTT into the worker, out of
 * order and twice, through an outage. Every total that is not estimated is the table's, to the Wh.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import mqtt from 'mqtt';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INTERVAL_MS } from '#lib/energy/interval.ts';
import type { LedgerEntry } from '#lib/energy/ledger.ts';
import type { Values } from '#lib/energy/reading.ts';
import { buildCampLedgerDay } from '#lib/registry/camp-day.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { readSettings, type Settings } from '#lib/server/settings.ts';
import { openStore } from '#lib/server/store/open.ts';
import type { HealthReport } from '../../ingest/health.ts';
import { startWorker } from '../../ingest/worker.ts';
import { CAMP, DATES, MISSION, referenceIntervals, REGISTRY } from '../energy/reference-camp.ts';
import { freePorts } from '../support/free-port.ts';
import { startInflux, type Influx } from '../support/influx.ts';
import { describeWith } from '../support/requires.ts';

const STEP_MS = INTERVAL_MS / 3;
const silent = pino({ level: 'silent' });

interface Message {
  readonly topic: string;
  readonly payload: string;
}

/** What a meter says every five minutes: its registers. It is silent where the table says so. */
function readingsOf(slug: string): (Values & { at: number })[] {
  const readings: (Values & { at: number })[] = [];
  let [forward, reverse, fuelMl] = [1_000_000, 50_000, 7_000];
  const tell = (at: number): void => {
    const values = { energyForwardWh: forward, energyReverseWh: reverse };
    readings.push({ at, ...values, ...(slug === 'gen-1' && { fuelUsedL: fuelMl / 1000 }) });
  };
  const intervals = [...(referenceIntervals().get(slug) ?? [])].sort(([a], [b]) => a - b);
  for (const [start, interval] of intervals) {
    const isSilent = interval.coveredS === 0;
    for (let part = 0; part < 3; part += 1) {
      // The first instant of an outage is still told; then nothing until its last.
      if (!isSilent || (part === 0 && readings.at(-1)?.at === start - STEP_MS)) tell(start + part * STEP_MS);
      forward += interval.forwardWh / 3;
      reverse += interval.reverseWh / 3;
      fuelMl += interval.fuelMl / 3;
    }
    [forward, reverse, fuelMl] = [Math.round(forward), Math.round(reverse), Math.round(fuelMl)];
  }
  tell((intervals.at(-1)?.[0] ?? 0) + INTERVAL_MS);
  return readings;
}

/** Backlogs of up to 40 readings, every fifth one twice, in an order that only looks like chance. */
function messages(): Message[] {
  const meters = [...referenceIntervals().keys()];
  const all = meters.flatMap((slug) => {
    const readings = readingsOf(slug);
    const topic = `bluewatt/${MISSION}/${CAMP}/${slug}/reading`;
    return Array.from({ length: Math.ceil(readings.length / 40) }, (_, i) => ({
      topic,
      payload: JSON.stringify(readings.slice(i * 40, i * 40 + 40)),
    }));
  });
  const twice = all.filter((_, i) => i % 5 === 0);
  return [...all, ...twice]
    .map((message, i) => ({ message, key: (i * 7_919) % 101 }))
    .sort((a, b) => a.key - b.key)
    .map(({ message }) => message);
}

async function newSettings(influxUrl?: string): Promise<Settings> {
  const folder = mkdtempSync(join(tmpdir(), 'bluewatt-reference-'));
  const registries = openRegistryStore(folder);
  registries.save(REGISTRY, { author: 'test', reason: 'test', savedAt: 0 });
  registries.close();
  const [broker, status] = await freePorts(2);
  const read = readSettings({
    DATA_DIR: folder,
    BROKER_PORT: String(broker),
    WORKER_PORT: String(status),
    ...(influxUrl !== undefined && { INFLUX_URL: influxUrl }),
  });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.settings;
}

async function publish({ broker }: Settings, some: readonly Message[]): Promise<void> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${String(broker.port)}`);
  await Promise.all(some.map(({ topic, payload }) => client.publishAsync(topic, payload, { qos: 1 })));
  await client.endAsync();
}

async function untilDrained({ worker }: Settings): Promise<void> {
  for (;;) {
    const health = (await (
      await fetch(`http://127.0.0.1:${String(worker.port)}/health`)
    ).json()) as HealthReport;
    if (health.spool.readings === 0 && health.delivery.unacknowledged === 0) return;
    await pause(50);
  }
}

/** Publishes in two halves, with `between` before the second. Returns the ledger that is left. */
async function ledgerAfter(settings: Settings, outage: { begin(): Promise<void>; end(): Promise<void> }) {
  const all = messages();
  const half = Math.floor(all.length / 2);
  const first = await startWorker(settings, silent);
  await publish(settings, all.slice(0, half));
  await first.stop();
  const second = await startWorker(settings, silent);
  await outage.begin();
  await publish(settings, all.slice(half - 20));
  await outage.end();
  await untilDrained(settings);
  await second.stop();
  const store = await openStore({
    dataDir: settings.dataDir,
    ...(settings.influx && { influxUrl: settings.influx.url }),
  });
  const days = await store.readLedger({ level: 'day', from: DATES[0], to: DATES[2] });
  const months = await store.readLedger({ level: 'month', from: '2026-03', to: '2026-03' });
  await store.close();
  rmSync(settings.dataDir, { recursive: true, force: true });
  return { days, months };
}

const TABLE = DATES.flatMap((date) =>
  buildCampLedgerDay({
    registry: REGISTRY,
    mission: MISSION,
    camp: CAMP,
    date,
    intervals: referenceIntervals(),
  }),
);

/** Wh and mL by source and ownership, over all the entries given. */
function totals(entries: readonly LedgerEntry[]) {
  const sums: Record<string, { energyWh: number; reverseWh: number; fuelMl: number; recoveredWh: number }> =
    {};
  for (const { source, ownership, energyWh, reverseWh, fuelMl, recoveredWh } of entries) {
    const sum = (sums[`${source} ${ownership}`] ??= { energyWh: 0, reverseWh: 0, fuelMl: 0, recoveredWh: 0 });
    sum.energyWh += energyWh;
    sum.reverseWh += reverseWh;
    sum.fuelMl += fuelMl;
    sum.recoveredWh += recoveredWh;
  }
  return sums;
}

function expectTable({
  days,
  months,
}: {
  days: readonly LedgerEntry[];
  months: readonly LedgerEntry[];
}): void {
  expect(totals(months)).toEqual(totals(TABLE));
  expect(totals(days)).toEqual(totals(TABLE));
  // Through its outage gen-2's register says how much, not when: its days are spread evenly, its total is right.
  const known = ({ ownership }: LedgerEntry): boolean => ownership !== 'coe-wet';
  for (const date of DATES) {
    const on = (entry: LedgerEntry): boolean => entry.period === date && known(entry);
    expect(totals(days.filter(on))).toEqual(totals(TABLE.filter(on)));
  }
}

describe('The reference camp over MQTT', () => {
  it('has the table’s totals in the embedded store, though the worker was stopped halfway', async () => {
    const nothing = { begin: () => Promise.resolve(), end: () => Promise.resolve() };
    expectTable(await ledgerAfter(await newSettings(), nothing));
  }, 60_000);
});

describeWith(['influxd'], 'The reference camp over MQTT and InfluxDB', () => {
  let influx: Influx;
  beforeAll(async () => {
    influx = await startInflux();
  });
  afterAll(() => influx.stop());

  it('has the table’s totals, though InfluxDB was killed halfway', async () => {
    const outage = { begin: () => influx.kill(), end: () => influx.restart() };
    expectTable(await ledgerAfter(await newSettings(influx.url), outage));
  }, 90_000);
});
