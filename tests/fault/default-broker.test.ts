/**
 * Mosquitto as Debian installs it: nothing kept on disk, twenty messages in flight. It must not be killed then,
 * but everything else may happen.
 */
import { describeWith } from '../support/requires.ts';
import { playSeeds } from './play-seeds.ts';
import { seedsFrom, seedsToRun } from './seeds.ts';

describeWith(['mosquitto', 'influxd'], 'a broker with its own defaults', () => {
  playSeeds({
    file: 'tests/fault/default-broker.test.ts',
    seeds: seedsToRun(seedsFrom(41, 6)),
    kind: {
      strikes: [2, 5],
      links: ['broker', 'influx'],
      kills: [0, 2],
      parts: ['worker', 'influx'],
      spoolEvery: 0,
    },
    stage: { kind: 'servers', mosquittoConfig: 'allow_anonymous true\n' },
  });
});
