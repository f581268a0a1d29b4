import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meterRef } from '#lib/energy/reading.ts';
import { parseRegistry } from '#lib/registry/parse.ts';
import type { Registry } from '#lib/registry/types.ts';
import { readSettings } from '#lib/server/settings.ts';
import { DATABASE_FILE } from '#lib/server/store/sqlite/schema.ts';
import { createSqliteStore } from '#lib/server/store/sqlite/store.ts';
import { PreviewRoom, type PreviewAnswer } from '../../../ingest/history/preview-room.ts';
import { temporaryFolder } from '../../support/server-process.ts';

const NOON = Date.parse('2026-03-10T12:00:00Z');

function registryWith(source: string): Registry {
  const parsed = parseRegistry(
    `missions: { cedar: { name: Cedar, zone: UTC, camps: { ridge: { name: Ridge, meters: { pv-1: { source: ${source}, ratedW: 100000 } } } } } }`,
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.registry;
}

let dataDir = '';
const rooms: PreviewRoom[] = [];

function room(limits?: {
  ms: number;
  mb: number;
}): (question: unknown, path?: string) => PreviewAnswer | undefined {
  const read = readSettings({ DATA_DIR: dataDir });
  if (!read.ok) throw new Error('settings');
  const inForce = () => ({ version: 3, registry: registryWith('diesel') });
  const made = new PreviewRoom({ settings: read.settings, inForce, ...(limits && { limits }) });
  rooms.push(made);
  return (question, path = '/registry/preview') =>
    made.answer({
      path,
      body: typeof question === 'string' ? question : JSON.stringify(question),
      now: Date.now(),
    });
}

beforeAll(async () => {
  dataDir = await temporaryFolder('preview');
  const store = createSqliteStore({ file: join(dataDir, DATABASE_FILE) });
  const meter = meterRef('cedar', 'ridge', 'pv-1');
  await store.writeReadings([
    { meter, at: NOON, values: { energyForwardWh: 1_000_000 } },
    { meter, at: NOON + 900_000, values: { energyForwardWh: 1_010_000 } },
  ]);
  await store.close();
});
afterAll(async () => {
  for (const each of rooms) await each.close();
  await rm(dataDir, { recursive: true, force: true });
});

describe('the worker’s preview of a registry', () => {
  it('is told once it has been worked out beside the messages, and only once', async () => {
    const ask = room();
    const question = { version: 3, registry: registryWith('solar') };
    expect(ask(question)).toEqual({ state: 'running' });
    expect(ask({ ...question, registry: registryWith('wind') })).toEqual({ state: 'busy' });
    await expect.poll(() => ask(question)?.state, { timeout: 30_000 }).toBe('done');
    const answer = ask(question);
    expect(answer?.state === 'done' && answer.preview.camps).toEqual([
      { mission: 'cedar', camp: 'ridge', from: '2026-03-09', to: '2026-03-11', days: 3 },
    ]);
  });

  it('is not told against another version than the one in force, and not to what is no question', () => {
    const ask = room();
    expect(ask({ version: 2, registry: registryWith('solar') })).toEqual({
      state: 'other-version',
      version: 3,
    });
    for (const none of ['', 'null', '[]', '{', '{"version":3}', '{"version":"3","registry":{}}'])
      expect(ask(none)).toBeUndefined();
    expect(ask({ version: 3, registry: registryWith('solar') }, '/registry')).toBeUndefined();
  });

  it('ends when it takes too long, and the next one begins', async () => {
    const ask = room({ ms: 1, mb: 256 });
    const question = { version: 3, registry: registryWith('solar') };
    ask(question);
    await expect.poll(() => ask(question)?.state, { timeout: 30_000 }).toBe('too-long');
    expect(ask({ version: 3, registry: registryWith('wind') })).toEqual({ state: 'running' });
  });

  it('says what went wrong with a registry that is none, and the worker lives on', async () => {
    const ask = room();
    const question = { version: 3, registry: { missions: { cedar: null } } };
    ask(question);
    await expect.poll(() => ask(question)?.state, { timeout: 30_000 }).toBe('failed');
  });
});
