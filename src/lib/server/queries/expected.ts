/** What the registry expects of a group of camps: the meters that coverage counts, and the people who live there. */
import { localDateOf } from '../../energy/calendar.ts';
import type { ExpectedMeter } from '../../energy/coverage.ts';
import { isSupplySource } from '../../energy/source.ts';
import { closingOf, personDays, serviceRange } from '../../registry/in-service.ts';
import type { Camp, Mission } from '../../registry/types.ts';
import type { Period } from './types.ts';

/** A group of camps of one mission: all of them, or one. Every summary is made for such a group. */
export interface CampGroup {
  readonly mission: Mission;
  readonly camps: readonly Camp[];
}

export function allCamps(mission: Mission): CampGroup {
  return { mission, camps: Object.values(mission.camps) };
}

/** Supply meters only: a silent battery or load does not touch the share. */
export function expectedMeters({ mission, camps }: CampGroup): ExpectedMeter[] {
  return camps.flatMap((camp) =>
    Object.values(camp.meters)
      .filter((meter) => isSupplySource(meter.source))
      .map((meter) => ({ service: serviceRange(meter, mission.zone), ratedW: meter.ratedW })),
  );
}

/** The date the whole group closed on, when that lies within the period so far or before it; null otherwise. */
export function closedBy(
  { mission, camps }: CampGroup,
  period: Pick<Period, 'to'>,
  now: number,
): string | null {
  const closing = closingOf(camps);
  const today = localDateOf(now, mission.zone);
  const last = period.to < today ? period.to : today;
  return closing !== undefined && closing <= last ? closing : null;
}

/**
 * People × days of the period that have begun by `now`; null when a camp with a supply meter does not know its
 * headcount for all of them, because litres a person would then look too high. 0 where it is known that nobody lived there.
 */
export function groupPersonDays({ mission, camps }: CampGroup, period: Period, now: number): number | null {
  const today = localDateOf(now, mission.zone);
  const elapsed = { from: period.from, to: period.to < today ? period.to : today };
  if (elapsed.from > elapsed.to) return null;
  let sum: number | null = null;
  for (const camp of camps) {
    const days = personDays(camp, elapsed);
    const isSupplied = Object.values(camp.meters).some((meter) => isSupplySource(meter.source));
    if (days === null && isSupplied) return null;
    if (days !== null) sum = (sum ?? 0) + days;
  }
  return sum;
}
