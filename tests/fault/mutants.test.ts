/**
 * Are the fault tests any good? Workers with one promise broken on purpose (mutants.ts) are played against the same
 * seeds, and have to be caught by what is, or is not, in the store. Two of them here; `npm run soak -- --mutants`
 * plays all, and the simulation with them.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { describeWith } from '../support/requires.ts';
import { TROUBLES } from './kinds.ts';
import { NO_DIFFERENCES } from './ledger.ts';
import { MUTANTS, type Mutant, type MutantName } from './mutants.ts';
import { mutatedFiles, sabotageArguments } from './sabotage.ts';
import { isSpooling, scheduleOf, type Schedule } from './schedule.ts';
import { seedsFrom } from './seeds.ts';
import { startStage } from './stage.ts';

const run = promisify(execFile);
const SIMULATION = join(import.meta.dirname, 'simulate-main.ts');
const FIRST_SEED = 200;
/** A mutant that outlives so many has not been caught. */
const PROCESS_SEEDS = 15;
/** What some mutants need to show is rare. */
const SEEDS_TO_CHOOSE_FROM = 400;
const SIMULATION_SEEDS = 500;
/** Time for some messages to be taken and not written. */
const SOME_MESSAGES_MS = 150;
const ALWAYS: readonly MutantName[] = ['acknowledges before the write', 'skips the journal'];
const isFull = process.env['BLUEWATT_MUTANTS'] === 'all';
const names = Object.keys(MUTANTS) as MutantName[];
const played = isFull ? names : ALWAYS;

/** Whether the schedule holds what gives the mutant away. */
function mayShow({ shows }: Mutant, { acts }: Schedule, isSpooled: boolean): boolean {
  const kills = acts.filter((act) => act.kind === 'kill');
  // A broker that dies meanwhile hands everything over again.
  if (shows === 'spooling') return isSpooled && !kills.some(({ part }) => part === 'broker');
  // Those that spool take long.
  if (isSpooled) return false;
  if (shows === undefined) return true;
  const isAway = (atMs: number): boolean =>
    kills.some(
      (act) => act.part === 'influx' && atMs > act.atMs + SOME_MESSAGES_MS && atMs < act.atMs + act.forMs,
    );
  return kills.some(({ part, atMs }) => part === 'worker' && isAway(atMs));
}

/** The seed at which real processes give the mutant away, and how; undefined when it outlives all of them. */
async function caughtByProcesses(name: MutantName): Promise<string | undefined> {
  const mutant: Mutant = MUTANTS[name];
  const { kind, stage: options } = TROUBLES[mutant.kind];
  const seeds = seedsFrom(FIRST_SEED, SEEDS_TO_CHOOSE_FROM)
    .filter((seed) => mayShow(mutant, scheduleOf(seed, kind), isSpooling(seed, kind)))
    .slice(0, PROCESS_SEEDS);
  const stage = await startStage({ ...options, seeds, nodeArguments: sabotageArguments(name) });
  try {
    for (const [index, seed] of seeds.entries()) {
      const found = await stage.play(scheduleOf(seed, kind)).then(
        ({ differences }) => differences,
        // It may also simply never come to an end.
        (error: unknown) => String(error),
      );
      const isCaught = JSON.stringify(found) !== JSON.stringify(NO_DIFFERENCES);
      if (isCaught) return `seed ${String(index + 1)}: ${summary(found)}`;
    }
    return undefined;
  } finally {
    await stage.stop();
  }
}

function summary(found: object | string): string {
  if (typeof found === 'string') return found.slice(0, 80);
  return Object.entries(found)
    .filter(([, entries]: [string, readonly unknown[]]) => entries.length > 0)
    .map(([what]) => what)
    .join(', ');
}

async function caughtBySimulation(name: MutantName): Promise<string | undefined> {
  const args = [...sabotageArguments(name), SIMULATION, String(SIMULATION_SEEDS)];
  // A mutant may also end the simulation itself, by an error that nobody catches.
  const { stdout } = await run(process.execPath, args).catch(() => ({ stdout: 'an error ends it' }));
  return stdout.trim() === '' ? undefined : stdout.trim();
}

describe('the mutants', () => {
  it.each(names)('fit the code as it is: %s', (name) => {
    expect(mutatedFiles(name).size).toBeGreaterThan(0);
  });
});

describeWith(['mosquitto', 'influxd'], 'a worker that', () => {
  it.each(played)('%s is caught', { timeout: 900_000 }, async (name) => {
    const mutant: Mutant = MUTANTS[name];
    const byProcesses = await caughtByProcesses(name);
    if (isFull) {
      const bySimulation = await caughtBySimulation(name);
      console.log(
        `${name}\n  processes: ${byProcesses ?? 'missed'}\n  simulation: ${bySimulation ?? 'missed'}`,
      );
    }
    if (mutant.missedBecause === undefined) expect(byProcesses).toBeDefined();
  });
});
