/** The worker alone, with the embedded broker and store: a device's acknowledgement means stored, whatever comes. */
import { describe } from 'vitest';
import { TROUBLES } from './kinds.ts';
import { playSeeds } from './play-seeds.ts';
import { seedsFrom, seedsToRun } from './seeds.ts';

describe('crashes of a worker that runs on its defaults', () => {
  playSeeds({
    file: 'tests/fault/embedded.test.ts',
    seeds: seedsToRun(seedsFrom(61, 6)),
    ...TROUBLES.embedded,
  });
});
