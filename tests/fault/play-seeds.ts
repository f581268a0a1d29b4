/** One test a seed, and one over all of them; a seed that fails says how to have it again. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { influxEnergyWh, NO_DIFFERENCES, registerEnergyWh } from './ledger.ts';
import { isSpooling, scheduleOf, type Schedule, type ScheduleKind } from './schedule.ts';
import { startStage, type Stage, type StageOptions } from './stage.ts';

const SEED_TIMEOUT_MS = 180_000;
/** On a loaded machine the accounts' rounds take longer. */
const ACCOUNTS_WITHIN_MS = 120_000;

export interface SeedTests {
  /** of the test file, for the words that tell how to replay */
  readonly file: string;
  readonly seeds: readonly number[];
  readonly kind: ScheduleKind;
  readonly stage: Omit<StageOptions, 'seeds'>;
}

export function playSeeds({ file, seeds, kind, stage: stageOptions }: SeedTests): { stage: () => Stage } {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ ...stageOptions, seeds });
  });
  afterAll(async () => {
    await stage.stop();
  });

  it.each(seeds)(
    'I2: seed %i: what was acknowledged is what is kept',
    { timeout: SEED_TIMEOUT_MS },
    async (seed) => {
      const schedule = scheduleOf(seed, kind);
      try {
        const outcome = await stage.play(schedule);
        expect(outcome.differences).toEqual(NO_DIFFERENCES);
        expect(outcome.acknowledged).toBe(schedule.messages.length);
        if (isSpooling(seed, kind)) expect(outcome.spooled).toBeGreaterThan(0);
      } catch (error) {
        throw new Error(await report({ file, seed, schedule, stage, error }), { cause: error });
      }
    },
  );

  it(
    'leaves accounts that agree with the registers, for every seed',
    { timeout: SEED_TIMEOUT_MS },
    async () => {
      const { influx } = stage;
      if (influx === undefined) return;
      for (const seed of seeds) {
        const { mission, messages } = scheduleOf(seed, kind);
        await expect
          .poll(() => influxEnergyWh(influx.httpUrl, mission), { timeout: ACCOUNTS_WITHIN_MS, interval: 200 })
          .toEqual(registerEnergyWh(messages));
      }
    },
  );
  return { stage: () => stage };
}

async function report(failed: {
  file: string;
  seed: number;
  schedule: Schedule;
  stage: Stage;
  error: unknown;
}): Promise<string> {
  const { file, seed, schedule, stage, error } = failed;
  const acts = schedule.acts.map((act) => `  ${JSON.stringify(act)}`).join('\n');
  return `${error instanceof Error ? error.message : String(error)}
Play it again: BLUEWATT_SEED=${String(seed)} npx vitest run ${file}
What happened:
${acts}
The worker's last words:
${await stage.worker.lastWords()}`;
}
