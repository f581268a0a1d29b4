/** The corrections that had a say in a figure: of its supply meters, in force, reaching into its period; with author and reason. */
import { periodRange, toLocalTimestamp } from '../../energy/calendar.ts';
import type { CorrectionEffect } from '../../energy/correction.ts';
import { isSupplySource } from '../../energy/source.ts';
import { meterOf } from '../../registry/lookup.ts';
import type { PartScope } from './lineage-meters.ts';
import type { QueryContext } from './types.ts';

export interface LineageCorrection {
  readonly id: number;
  readonly camp: string;
  readonly meter: string;
  readonly name: string;
  /** RFC 3339 with the mission's offset; half-open */
  readonly from: string;
  readonly to: string;
  /** Wh, mL */
  readonly effect: CorrectionEffect;
  readonly author: string;
  readonly reason: string;
  /** RFC 3339 with the mission's offset */
  readonly madeAt: string;
  /** the correction this one took the place of */
  readonly supersedes: number | null;
}

/** Ascending by the beginning of their range. */
export function lineageCorrections(
  { registry, corrections = [] }: QueryContext,
  { slug, mission, camp, period }: PartScope,
): LineageCorrection[] {
  const { zone } = mission;
  const range = periodRange(period, zone);
  return corrections
    .filter(({ meter, from, to }) => {
      const isInScope = meter.mission === slug && (camp === undefined || meter.camp === camp);
      const registered = meterOf(registry, meter);
      const isSupply = registered !== undefined && isSupplySource(registered.source);
      return isInScope && isSupply && from < range.to && to > range.from;
    })
    .sort((a, b) => a.from - b.from || a.id - b.id)
    .map(({ id, meter, from, to, effect, author, reason, madeAt, supersedes }) => ({
      id,
      camp: meter.camp,
      meter: meter.meter,
      name: meterOf(registry, meter)?.name ?? meter.meter,
      from: toLocalTimestamp(from, zone),
      to: toLocalTimestamp(to, zone),
      effect,
      author,
      reason,
      madeAt: toLocalTimestamp(madeAt, zone),
      supersedes,
    }));
}
