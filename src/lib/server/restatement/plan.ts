/**
 * What a changed registry moves: the meters whose accounting rules are others now, which are accounted anew from
 * raw readings, and the dates of camps whose ledger would read differently, which are rebuilt from the intervals
 * that stand. The worker applies such a plan; `preview.ts` tells what it would change.
 */
import type { MeterRef } from '../../energy/reading.ts';
import { datesThatDiffer, type CampAt, type DateSpan } from '../../registry/ledger-basis.ts';
import { missionOf } from '../../registry/lookup.ts';
import type { MeterRules } from '../../registry/meter-rules.ts';
import type { Registry } from '../../registry/types.ts';

export interface CampToRestate extends CampAt {
  /** in force now or, when the mission is no longer registered, until now */
  readonly zone: string;
  /** local dates to rebuild, ascending; all it may have energy on where a span is open */
  readonly spans: readonly DateSpan[];
}

export interface Restatement {
  /** to be accounted anew from raw readings, by the rules of the new registry */
  readonly meters: readonly MeterRef[];
  /** whose ledger is to be rebuilt */
  readonly camps: readonly CampToRestate[];
}

export interface PlanParts {
  /** every meter that ever published */
  readonly meters: readonly MeterRef[];
  /** meters whose energy may be known by corrections alone */
  readonly corrected: readonly MeterRef[];
  /** what a registry, and all that stands beside it, makes of a meter */
  readonly rulesBefore: (meter: MeterRef) => MeterRules;
  readonly rulesAfter: (meter: MeterRef) => MeterRules;
  /** false when the ledger of `before` was written before it told contributing units apart */
  readonly isByUnit?: boolean;
}

/** What has to be done to go from the accounts of `before` to those of `after`. */
export function planRestatement(before: Registry, after: Registry, parts: PlanParts): Restatement {
  const { isByUnit = true } = parts;
  const meters = parts.meters.filter(
    (meter) => JSON.stringify(parts.rulesBefore(meter)) !== JSON.stringify(parts.rulesAfter(meter)),
  );
  const camps = new Map<string, CampToRestate>();
  for (const { mission, camp } of [...parts.meters, ...parts.corrected]) {
    const key = `${mission}/${camp}`;
    const zone = (missionOf(after, mission) ?? missionOf(before, mission))?.zone;
    if (zone === undefined || camps.has(key)) continue;
    const spans = datesThatDiffer({ before, after, isByUnit }, { mission, camp });
    camps.set(key, { mission, camp, zone, spans });
  }
  return { meters, camps: [...camps.values()].filter(({ spans }) => spans.length > 0) };
}
