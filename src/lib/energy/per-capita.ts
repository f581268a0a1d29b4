/**
 * Figures a person a day, and when they are withheld: a head count that is old says who lived in the camp then.
 *
 *     L a person a day   = litres ÷ Σ people × days
 *     kWh a person a day = kWh ÷ Σ people × days
 *     kg CO₂e a person a day = kg CO₂e ÷ Σ people × days
 *
 * A count is stale when it is more than 183 days older than the period's last day (or today, in a period that still
 * runs): contingents rotate every six to twelve months, so by then another may live there. State the same number
 * again, with a new date, to confirm it. The threshold is this project's own.
 */
import { countDays } from './calendar.ts';

export const HEADCOUNT_MAX_AGE_DAYS = 183;

const WH_PER_KWH = 1000;

export type PerCapitaGap = 'headcount-unknown' | 'headcount-stale' | 'no-people' | 'no-data';

export interface PerCapita {
  readonly litresPerPersonDay: number | null;
  readonly kWhPerPersonDay: number | null;
  /** scope 1, CO₂e */
  readonly ghgKgPerPersonDay: number | null;
  /** why there are none; null when there are */
  readonly withheld: PerCapitaGap | null;
}

/** Of several camps, with the names of those whose count is to blame. */
export interface GroupPerCapita extends PerCapita {
  readonly withheldBy: readonly string[];
}

export interface PerCapitaInput {
  /** metered and estimated */
  readonly fuelL: number;
  readonly electricityWh: number;
  readonly ghgKg: number;
  /** whether anything was metered at all */
  readonly hasData: boolean;
  /** people × days of the period; null where a head count is missing */
  readonly personDays: number | null;
  /** {@link headcountAgeDays} of each camp; null for a camp that nobody counted */
  readonly agesDays: readonly (number | null)[];
}

/** Days from a camp's newest count to the period's last day so far (both local dates); 0 on its own day. */
export function headcountAgeDays(countedOn: string, until: string): number {
  return countDays({ from: countedOn, to: until }) - 1;
}

/** One camp's stale count withholds the figure of all: nobody can say how wrong the sum is. */
export function perCapita(
  { fuelL, electricityWh, ghgKg, hasData, personDays, agesDays }: PerCapitaInput,
  maxAgeDays: number = HEADCOUNT_MAX_AGE_DAYS,
): PerCapita {
  const withheld = (reason: PerCapitaGap): PerCapita => ({
    litresPerPersonDay: null,
    kWhPerPersonDay: null,
    ghgKgPerPersonDay: null,
    withheld: reason,
  });
  if (!hasData) return withheld('no-data');
  if (personDays === null || agesDays.includes(null)) return withheld('headcount-unknown');
  if (agesDays.some((ageDays) => ageDays !== null && ageDays > maxAgeDays)) {
    return withheld('headcount-stale');
  }
  if (personDays <= 0) return withheld('no-people');
  return {
    litresPerPersonDay: fuelL / personDays,
    kWhPerPersonDay: electricityWh / WH_PER_KWH / personDays,
    ghgKgPerPersonDay: ghgKg / personDays,
    withheld: null,
  };
}
