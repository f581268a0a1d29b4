/** The kinds of trouble that seeds are played with, and the stage for each. */
import type { ScheduleKind } from './schedule.ts';
import type { StageOptions } from './stage.ts';

export interface Trouble {
  readonly kind: ScheduleKind;
  readonly stage: Omit<StageOptions, 'seeds'>;
}

export type StageKind = 'network' | 'crash' | 'default-broker' | 'embedded';

export const TROUBLES: Readonly<Record<StageKind, Trouble>> = {
  network: {
    kind: { strikes: [4, 8], links: ['broker', 'influx'], kills: [0, 0], parts: ['worker'], spoolEvery: 0 },
    stage: { kind: 'servers' },
  },
  crash: {
    kind: {
      strikes: [0, 2],
      links: ['broker', 'influx'],
      kills: [2, 4],
      parts: ['worker', 'broker', 'influx'],
      spoolEvery: 5,
    },
    stage: { kind: 'servers' },
  },
  'default-broker': {
    kind: {
      strikes: [2, 5],
      links: ['broker', 'influx'],
      kills: [0, 2],
      parts: ['worker', 'influx'],
      spoolEvery: 0,
    },
    stage: { kind: 'servers', mosquittoConfig: 'allow_anonymous true\n' },
  },
  embedded: {
    kind: { strikes: [0, 0], links: [], kills: [1, 2], parts: ['worker'], spoolEvery: 0 },
    stage: { kind: 'embedded' },
  },
};
