/**
 * Mosquitto as Debian installs it: nothing kept on disk, twenty messages in flight. It must not be killed then,
 * but everything else may happen.
 */
import { describeWith } from '../support/requires.ts';
import { TROUBLES } from './kinds.ts';
import { playSeeds } from './play-seeds.ts';
import { seedsFrom, seedsToRun } from './seeds.ts';

describeWith(['mosquitto', 'influxd'], 'a broker with its own defaults', () => {
  playSeeds({
    file: 'tests/fault/default-broker.test.ts',
    seeds: seedsToRun(seedsFrom(41, 6)),
    ...TROUBLES['default-broker'],
  });
});
