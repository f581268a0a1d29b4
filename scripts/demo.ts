/**
 * `npm run demo`: the whole system on embedded defaults, fed over MQTT by simulated camps. The simulated
 * meters publish their history first, exactly as meters do whose link was down, then go on live.
 */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { demoRegistry } from '../ingest/simulator/demo-registry.ts';
import { defaultStartAt } from '../ingest/simulator/scenario.ts';
import { readState } from '../ingest/simulator/state-file.ts';
import { addDemoDesks } from '../src/lib/server/auth/demo-desks.ts';
import { openRegistryStore } from '../src/lib/server/registry/registry-store.ts';
import { brokerUrl } from '../src/lib/server/settings.ts';
import { ensureBuild } from './build.ts';
import { createChildren, type Child } from './children.ts';
import { settingsOrExit, startSystem, untilStop } from './system.ts';

const DATA_DIR = process.env['DATA_DIR'] ?? 'data-demo';
const STATE_FILE = join(DATA_DIR, 'simulator.json');
const BAR_WIDTH = 30;
/** The mission that the demo's engineer and officer belong to. */
const DESKS_MISSION = 'unmiss';
const ACCOUNTS_MS = 60_000;

// The demo is the embedded system whatever this machine's environment says about real brokers and stores.
const env = { DATA_DIR, MQTT_URL: '', INFLUX_URL: '', LOG_LEVEL: 'error' };
Object.assign(process.env, env);
const settings = settingsOrExit();
const children = createChildren();

function importRegistry(): void {
  // The registry and the simulated registers must agree on when equipment was commissioned.
  const startAt = readState(STATE_FILE)?.startAt ?? defaultStartAt(Date.now());
  const registry = openRegistryStore(DATA_DIR);
  registry.save(demoRegistry({ startAt }), {
    author: 'demo',
    reason: 'simulated camps',
    savedAt: Date.now(),
  });
  registry.close();
}

/** Resolves when the simulator has published all history. */
function untilLive(simulator: Child): Promise<void> {
  const startedAt = Date.now();
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: simulator.process.stdout ?? process.stdin });
    lines.on('line', (line) => {
      const event = JSON.parse(line) as {
        progress?: number;
        day?: string;
        live?: boolean;
        readings?: number;
        error?: string;
      };
      if (event.error !== undefined) process.stderr.write(`\nsimulator: ${event.error}\n`);
      if (event.progress !== undefined) drawBar(event.progress, event.day ?? '');
      if (event.live === true) {
        const seconds = ((Date.now() - startedAt) / 1000).toFixed(0);
        process.stdout.write(
          `\nHistory is in: ${String(event.readings ?? 0)} readings over MQTT in ${seconds} s.\n`,
        );
        resolve();
      }
    });
    void simulator.ended.then((code) => {
      reject(new Error(`The simulator ended (${String(code)}) before its history was published.`));
    });
  });
}

/** Resolves when the accounts have taken in what is stored by now: two of their rounds later, or a minute. */
async function untilAccounted(): Promise<void> {
  const { host, port } = settings.worker;
  const rounds = async (): Promise<number> => {
    const response = await fetch(`http://${host}:${String(port)}/metrics`);
    return Number(/^bluewatt_account_flushes_total (\d+)/m.exec(await response.text())?.[1] ?? 0);
  };
  const before = await rounds();
  const deadline = Date.now() + ACCOUNTS_MS;
  while (Date.now() < deadline && (await rounds()) < before + 2) await pause(500);
}

function drawBar(progress: number, day: string): void {
  if (!process.stdout.isTTY && Math.round(progress * 100) % 10 !== 0) return;
  const filled = Math.round(progress * BAR_WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  const text = `Simulated meters publish their history ${bar} ${String(Math.round(progress * 100)).padStart(3)} %  ${day}`;
  process.stdout.write(process.stdout.isTTY ? `\r${text}` : `${text}\n`);
}

try {
  await ensureBuild();
  importRegistry();
  addDemoDesks(DATA_DIR, DESKS_MISSION);
  const { worker, web, address } = await startSystem(settings, children, { env, log: 'ignore' });
  const simulator = children.start('simulator', join('ingest', 'simulator', 'main.ts'), {
    args: ['--broker', brokerUrl(settings), '--state', STATE_FILE],
    stdout: 'pipe',
  });
  const stopped = untilStop([worker, web, simulator]);
  process.stdout.write(`The dashboard is at ${address} and fills while the history comes in.\n`);
  const first = await Promise.race([untilLive(simulator).then(() => 'live' as const), stopped]);
  if (first === 'live') {
    await Promise.race([untilAccounted().catch(() => undefined), stopped]);
    process.stdout.write(
      `\n  Bluewatt with simulated camps (example data): ${address}\n  Open to everybody on this machine; ${address}/sign-in shows what each of three desks may see.\n  Ctrl-C stops everything; the data stay in ${DATA_DIR}/ for the next start.\n\n`,
    );
  }
  const wasAsked = await stopped;
  await children.stopAll();
  process.exit(wasAsked ? 0 : 1);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  await children.stopAll();
  process.exit(1);
}
