/** A process to be killed long before it is done: writes batches of 100 readings and prints how many were acknowledged so far. */
import { argv, stdout } from 'node:process';
import { meterRef } from '#lib/energy/reading.ts';
import { createSqliteStore } from '#lib/server/store/sqlite/store.ts';
import { gensetReadings, T0 } from '../samples.ts';

const store = createSqliteStore({ file: argv[2] ?? '' });
const readings = gensetReadings(meterRef('unmiss', 'juba', 'genset-1'), T0, 60_000);
for (let from = 0; from < readings.length; from += 100) {
  await store.writeReadings(readings.slice(from, from + 100));
  stdout.write(`${String(from + 100)}\n`);
}
