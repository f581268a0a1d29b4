/** A meter as one row of a table. */
import type { Source } from '#lib/energy/source.ts';
import { m } from '#lib/paraglide/messages.js';

export type MeterLineState = 'speaking' | 'silent' | 'never' | 'unassigned' | 'ended';

export interface MeterLine {
  readonly mission: string;
  readonly missionName: string;
  readonly camp: string;
  readonly campName: string;
  readonly meter: string;
  readonly name: string;
  readonly source: Source | null;
  /** W */
  readonly ratedW: number | null;
  readonly state: MeterLineState;
  /** epoch ms */
  readonly lastSeenAt: number | null;
  /** W */
  readonly lastPowerW: number | null;
  /** epoch ms, where it was told before the newest reading */
  readonly lastPowerAt: number | null;
  /** 0..1 */
  readonly coverage: number | null;
  /** of each of the last thirty days, the oldest first; empty when nobody has registered it */
  readonly coverageByDay: readonly (number | null)[];
}

export function stateWord(state: MeterLineState): string {
  switch (state) {
    case 'speaking':
      return m.state_ok();
    case 'silent':
      return m.state_stale();
    case 'never':
      return m.state_never();
    case 'unassigned':
      return m.state_unassigned();
    case 'ended':
      return m.state_ended();
  }
}

/** Where an unassigned meter is assigned. */
export function assignHref({ mission, camp, meter }: Pick<MeterLine, 'mission' | 'camp' | 'meter'>): string {
  return `/meters/${mission}/${camp}/${meter}`;
}
