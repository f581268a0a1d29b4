/** Both links hurt at random: delays, resets, half-open connections, packets cut in the middle, stalled answers. */
import { expect, it } from 'vitest';
import { describeWith } from '../support/requires.ts';
import { playSeeds } from './play-seeds.ts';
import { seedsFrom, seedsToRun } from './seeds.ts';

describeWith(['mosquitto', 'influxd'], 'a bad network between broker, worker and store', () => {
  const { stage } = playSeeds({
    file: 'tests/fault/network.test.ts',
    seeds: seedsToRun(seedsFrom(1, 12)),
    kind: { strikes: [4, 8], links: ['broker', 'influx'], kills: [0, 0], parts: ['worker'], spoolEvery: 0 },
    stage: { kind: 'servers' },
  });

  it('has hurt the worker on both sides', async () => {
    const { worker } = stage();
    expect(await worker.metric('bluewatt_broker_disconnections_total')).toBeGreaterThan(0);
    expect(await worker.metric('bluewatt_write_failures_total')).toBeGreaterThan(0);
  });
});
