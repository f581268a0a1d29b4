/**
 * The invariants of delivery, held against thousands of seeded runs on a virtual clock with faults at every
 * step. A seed that fails is printed; `BLUEWATT_SEED=<seed> npm test -- tests/ingest/deliver/simulation.test.ts`
 * runs that one alone, `BLUEWATT_RUNS=<count>` more of them.
 */
import { expect, it } from 'vitest';
import { simulate } from './simulation/run.ts';

const RUNS = Number(process.env['BLUEWATT_RUNS'] ?? 1_000);
const SEED = process.env['BLUEWATT_SEED'];
const SHOWN = 5;

it('keeps I1 to I7 and I11 whatever fails, crashes or comes twice', async () => {
  const seeds = SEED === undefined ? Array.from({ length: RUNS }, (_, index) => index + 1) : [Number(SEED)];
  const failures: string[] = [];
  const seen = { crashes: 0, spooled: 0, held: 0 };
  for (const seed of seeds) {
    const { complaints, crashes, spooled, held } = await simulate(seed);
    seen.crashes += crashes;
    seen.spooled += spooled;
    seen.held += held;
    if (complaints.length > 0) failures.push(`BLUEWATT_SEED=${String(seed)}\n  ${complaints.join('\n  ')}`);
    if (failures.length >= SHOWN) break;
  }
  expect(failures.join('\n')).toBe('');
  // A simulation in which nothing goes wrong proves nothing.
  if (SEED === undefined) {
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(RUNS / 4);
  }
}, 120_000);
