import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import mqtt from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseRegistry } from '#lib/registry/parse.ts';
import { History } from '../../../ingest/simulator/history.ts';
import { parseOptions } from '../../../ingest/simulator/options.ts';
import { MAX_IN_FLIGHT, Publisher } from '../../../ingest/simulator/publisher.ts';
import { run, type SimulatorEvent } from '../../../ingest/simulator/run.ts';
import { DAY_MS, QUARTER_MS, demoScenario } from '../../../ingest/simulator/scenario.ts';
import { readState, writeState, type SimulatorState } from '../../../ingest/simulator/state-file.ts';

const START = Date.UTC(2026, 2, 1);
const NOW = START + 6 * DAY_MS + 40 * QUARTER_MS + 1000;
const scenario = demoScenario({ startAt: START });

/** Topic and a digest: a failing comparison stays readable. */
function fingerprint(topic: string, payload: string): string {
  return `${topic} ${createHash('sha256').update(payload).digest('hex').slice(0, 16)}`;
}

/** A broker that keeps what it was given, and whose line can be cut. */
class KeepingBroker {
  readonly received: string[] = [];
  port = 0;
  #server: Server | undefined;
  #sockets = new Set<Socket>();
  #aedes: Aedes | undefined;

  async open(): Promise<void> {
    const aedes = await Aedes.createBroker();
    aedes.authorizePublish = (_client, packet, done) => {
      this.received.push(fingerprint(packet.topic, packet.payload.toString()));
      done(null);
    };
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      aedes.handle(socket);
    });
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#aedes = aedes;
  }

  async cut(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server?.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    await new Promise<void>((resolve) => this.#aedes?.close(() => resolve()));
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }
}

/** All messages the scenario has for the time up to `until`. */
function expected(until: number): string[] {
  return [...new History(scenario).upTo(until)].flatMap((item) =>
    item.kind === 'message' ? [fingerprint(item.topic, item.payload)] : [],
  );
}

describe('the simulator at work', () => {
  let broker: KeepingBroker;
  let directory: string;

  beforeEach(async () => {
    broker = new KeepingBroker();
    await broker.open();
    directory = mkdtempSync(join(tmpdir(), 'bluewatt-simulator-'));
  });

  afterEach(async () => {
    await broker.cut();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Runs the history in this process; `onEvent` may interfere. */
  async function publishHistory(
    lastAt: number,
    onEvent: (event: SimulatorEvent) => void,
    stop = new AbortController(),
  ) {
    const client = mqtt.connect(broker.url, { reconnectPeriod: 50 });
    const publisher = new Publisher(client, lastAt);
    const saved: SimulatorState[] = [];
    let mostInFlight = 0;
    await run({
      scenario,
      publisher,
      lastAt,
      isHistoryOnly: true,
      now: () => NOW,
      report: (event) => {
        mostInFlight = Math.max(mostInFlight, publisher.inFlight);
        onEvent(event);
      },
      save: (state) => saved.push(state),
      signal: stop.signal,
    });
    await publisher.drain(20_000);
    const { acknowledgedUntil } = publisher;
    await client.endAsync(true);
    return { acknowledgedUntil, saved, mostInFlight };
  }

  it('publishes the whole history in order, a bounded number of messages under way, and says how far it is', async () => {
    const events: SimulatorEvent[] = [];
    const { acknowledgedUntil, mostInFlight } = await publishHistory(START - 1, (event) =>
      events.push(event),
    );
    expect(broker.received).toEqual(expected(NOW));
    expect(acknowledgedUntil).toBe(START + 6 * DAY_MS + 40 * QUARTER_MS);
    expect(mostInFlight).toBeLessThanOrEqual(MAX_IN_FLIGHT);
    expect(events[0]).toMatchObject({ day: '2026-03-01' });
    expect(events.at(-1)).toMatchObject({ live: true });
  });

  it('loses nothing when the broker goes away and comes back', async () => {
    const cutAndMend = async () => {
      await broker.cut();
      await new Promise((resolve) => setTimeout(resolve, 200));
      await broker.open();
    };
    let mended: Promise<void> | undefined;
    const { acknowledgedUntil } = await publishHistory(START - 1, () => {
      mended ??= cutAndMend();
    });
    await mended;
    expect(new Set(broker.received)).toEqual(new Set(expected(NOW)));
    expect(acknowledgedUntil).toBe(START + 6 * DAY_MS + 40 * QUARTER_MS);
  });

  it('goes on after a restart with what had not been acknowledged', async () => {
    const lastAt = START + 3 * DAY_MS + 10 * QUARTER_MS;
    await publishHistory(lastAt, () => undefined);
    const rest = new History(scenario);
    rest.skipTo(lastAt);
    const messages = [...rest.upTo(NOW)].flatMap((item) => (item.kind === 'message' ? [item] : []));
    expect(broker.received).toEqual(messages.map(({ topic, payload }) => fingerprint(topic, payload)));
    expect(broker.received.length).toBeLessThan(expected(NOW).length * 0.6);
  });

  it('as a process writes registry and state, goes live, and ends with 0 within two seconds of SIGTERM', async () => {
    const [state, registry] = [join(directory, 'state.json'), join(directory, 'registry.yaml')];
    const from = new Date(Date.now() - 2 * DAY_MS).toISOString().slice(0, 10);
    const args = ['--broker', broker.url, '--state', state, '--registry-out', registry, '--from', from];
    const child = spawn(process.execPath, ['ingest/simulator/main.ts', ...args]);
    await sayingOf(child.stdout, '"live":true');
    const hasHeard = (topic: string) => broker.received.some((message) => message.startsWith(topic));
    await expect
      .poll(() => hasHeard('tele/uvira/') && hasHeard('tibnin/shelly/'), { timeout: 10_000 })
      .toBe(true);
    const asked = performance.now();
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
    expect(performance.now() - asked).toBeLessThan(2000);
    expect(readState(state)?.lastAt).toBeGreaterThan(Date.now() - 5000);
    expect(parseRegistry(readFileSync(registry, 'utf8')).ok).toBe(true);
  });

  it('ends as promptly when the broker was never there', async () => {
    const state = join(directory, 'state.json');
    const { port } = broker;
    await broker.cut();
    const child = spawn(process.execPath, [
      'ingest/simulator/main.ts',
      '--broker',
      `mqtt://127.0.0.1:${port}`,
      '--state',
      state,
    ]);
    await sayingOf(child.stdout, 'ECONNREFUSED');
    const asked = performance.now();
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
    expect(performance.now() - asked).toBeLessThan(2000);
    const saved = readState(state);
    expect(saved && saved.lastAt < saved.startAt).toBe(true);
    await broker.open();
  });
});

describe('the state file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'bluewatt-state-'));
  const file = join(directory, 'state.json');
  const state = { startAt: START, seed: 1, lastAt: NOW };

  it('is replaced as a whole and leaves nothing beside it', () => {
    writeState(file, { ...state, lastAt: 1 });
    writeState(file, state);
    expect(readState(file)).toEqual(state);
    expect(readdirSync(directory)).toEqual(['state.json']);
  });

  it('that does not exist means a fresh start', () => {
    expect(readState(join(directory, 'none'))).toBeUndefined();
    expect(existsSync(join(directory, 'none'))).toBe(false);
  });

  it.each([
    '',
    'null',
    '{"startAt":1}',
    '{"startAt":"1","seed":1,"lastAt":1}',
    '[1,2,3]',
    '{"startAt":1e400,"seed":1,"lastAt":1}',
  ])('that holds %j is refused with what to do', (text) => {
    writeFileSync(file, text);
    expect(() => readState(file)).toThrow('delete it');
  });
});

describe('the command line', () => {
  it('tells all its problems at once', () => {
    const parsed = parseOptions(['--broker', 'localhost', '--from', '2026-02-31', '--seed', '1.5'], NOW);
    expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.split(':')[0])).toEqual([
      '--broker',
      '--from',
      '--seed',
    ]);
  });

  it.each([
    ['--from', 'yesterday'],
    ['--from', '2999-01-01'],
    ['--from', '2019-12-31'],
    ['--sneed', '1'],
    ['--seed', 'x'],
  ])('refuses %s %s', (option, value) => {
    expect(parseOptions(['--broker', 'mqtt://127.0.0.1:1883', option, value], NOW).ok).toBe(false);
  });

  it('needs only a broker', () => {
    expect(parseOptions(['--broker', 'mqtt://127.0.0.1:1883'], NOW)).toMatchObject({
      ok: true,
      options: { startAt: undefined, seed: undefined, isHistoryOnly: false },
    });
  });
});

/** Resolves when the process has said `words`; goes on reading, so that its pipe stays open. */
async function sayingOf(stream: NodeJS.ReadableStream, words: string): Promise<void> {
  let said = '';
  await new Promise<void>((resolve) => {
    stream.on('data', (chunk) => {
      said += String(chunk);
      if (said.includes(words)) resolve();
    });
  });
}
