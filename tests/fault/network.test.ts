/** Both links hurt at random: delays, resets, half-open connections, packets cut in the middle, stalled answers. */
import { expect, it } from 'vitest';
import { describeWith } from '../support/requires.ts';
import { TROUBLES } from './kinds.ts';
import { playSeeds } from './play-seeds.ts';
import { seedsFrom, seedsToRun } from './seeds.ts';

describeWith(['mosquitto', 'influxd'], 'a bad network between broker, worker and store', () => {
  const { stage } = playSeeds({
    file: 'tests/fault/network.test.ts',
    seeds: seedsToRun(seedsFrom(1, 12)),
    ...TROUBLES.network,
  });

  it('has hurt the worker on both sides', async () => {
    const { worker } = stage();
    expect(await worker.metric('bluewatt_broker_disconnections_total')).toBeGreaterThan(0);
    expect(await worker.metric('bluewatt_write_failures_total')).toBeGreaterThan(0);
  });
});
