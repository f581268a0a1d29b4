/** SIGKILL of worker, Mosquitto and InfluxDB at random moments, and InfluxDB away until the worker spools. */
import { describeWith } from '../support/requires.ts';
import { TROUBLES } from './kinds.ts';
import { playSeeds } from './play-seeds.ts';
import { seedsFrom, seedsToRun } from './seeds.ts';

describeWith(['mosquitto', 'influxd'], 'crashes of worker, broker and store', () => {
  playSeeds({
    file: 'tests/fault/crash.test.ts',
    seeds: seedsToRun(seedsFrom(21, 10)),
    ...TROUBLES.crash,
  });
});
