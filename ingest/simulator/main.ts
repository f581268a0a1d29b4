/**
 * The simulated camps as a process of their own: it knows the system it feeds by its MQTT contract only.
 * One JSON object a line on stdout says how far it is; SIGINT and SIGTERM end it within two seconds.
 */
import { writeFileSync } from 'node:fs';
import mqtt from 'mqtt';
import { demoRegistryYaml } from './demo-registry.ts';
import { parseOptions, USAGE, type SimulatorOptions } from './options.ts';
import { Publisher } from './publisher.ts';
import { run } from './run.ts';
import { defaultStartAt, demoScenario, type Scenario } from './scenario.ts';
import { readState, writeState } from './state-file.ts';

const DRAIN_MS = 1200;

const parsed = parseOptions(process.argv.slice(2), Date.now());
if (parsed.ok) {
  try {
    await simulate(parsed.options);
  } catch (error) {
    fail([error instanceof Error ? error.message : String(error)]);
  }
} else {
  fail([...parsed.problems, USAGE]);
}

async function simulate(options: SimulatorOptions): Promise<void> {
  const { scenario, lastAt } = place(options);
  if (options.registryOut !== undefined) writeFileSync(options.registryOut, demoRegistryYaml(scenario));
  const stop = new AbortController();
  // Whoever started this may have stopped listening; that is no reason to stop publishing.
  process.stdout.on('error', () => undefined);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());

  const client = mqtt.connect(options.broker, {
    clientId: 'bluewatt-simulator',
    reconnectPeriod: 500,
    connectTimeout: 5000,
    keepalive: 30,
  });
  client.on('connect', () => say({ connected: true }));
  client.on('close', () => say({ connected: false }));
  client.on('error', (error) => say({ error: error.message }));
  const publisher = new Publisher(client, lastAt);
  const save = (state: Parameters<typeof writeState>[1]) => {
    if (options.stateFile !== undefined) writeState(options.stateFile, state);
  };
  const aborted = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
  const work = run({
    scenario,
    publisher,
    lastAt,
    isHistoryOnly: options.isHistoryOnly,
    now: Date.now,
    report: say,
    save,
    signal: stop.signal,
  });
  // A run that waits for a broker that is away does not notice the signal; it is then left behind.
  await Promise.race([work, aborted]);
  await publisher.drain(stop.signal.aborted ? DRAIN_MS : 60_000);
  save({ startAt: scenario.startAt, seed: scenario.seed, lastAt: publisher.acknowledgedUntil });
  await client.endAsync(true);
  process.exit(0);
}

/** The scenario: the state's if there is one, so that a restart goes on with the same registers. */
function place({ stateFile, startAt, seed }: SimulatorOptions): { scenario: Scenario; lastAt: number } {
  const state = stateFile === undefined ? undefined : readState(stateFile);
  const chosen = demoScenario({
    startAt: startAt ?? state?.startAt ?? defaultStartAt(Date.now()),
    seed: seed ?? state?.seed ?? 1,
  });
  if (state && (state.startAt !== chosen.startAt || state.seed !== chosen.seed)) {
    throw new Error(
      `${stateFile} belongs to a history from ${new Date(state.startAt).toISOString().slice(0, 10)} with seed ${state.seed}: ` +
        'leave --from and --seed as they were, or delete it and the data it goes with.',
    );
  }
  return { scenario: chosen, lastAt: state?.lastAt ?? chosen.startAt - 1 };
}

function say(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

function fail(lines: readonly string[]): void {
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exitCode = 2;
}
