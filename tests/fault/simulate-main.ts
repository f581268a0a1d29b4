/** `node simulate-main.ts 500`: plays seeds of the simulation and prints the first complaint, if there is any. */
import { simulate } from '../ingest/deliver/simulation/run.ts';

const runs = Number(process.argv[2]);
for (let seed = 1; seed <= runs; seed += 1) {
  const { complaints } = await simulate(seed);
  if (complaints.length === 0) continue;
  process.stdout.write(`seed ${String(seed)}: ${complaints[0] ?? ''}\n`);
  break;
}
