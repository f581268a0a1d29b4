/** Why there is no figure a person a day, in words. Without any data the figure beside it says so already. */
import { HEADCOUNT_MAX_AGE_DAYS, type GroupPerCapita, type PerCapitaGap } from '#lib/energy/per-capita.ts';
import { m } from '#lib/paraglide/messages.js';

/** A word or three, for a cell; null where there is nothing to say. */
export function perCapitaGapWord(gap: PerCapitaGap | null): string | null {
  switch (gap) {
    case 'headcount-stale':
      return m.per_person_stale();
    case 'headcount-unknown':
      return m.per_person_unknown();
    case 'no-people':
      return m.per_person_nobody();
    case 'no-data':
    case null:
      return null;
  }
}

/** A sentence with what to do about it; null where there is nothing to say. */
export function perCapitaGapMeaning({
  withheld,
  withheldBy,
}: Pick<GroupPerCapita, 'withheld' | 'withheldBy'>): string | null {
  const camps = withheldBy.length === 0 ? '' : ` ${m.per_person_camps({ camps: listed(withheldBy) })}`;
  switch (withheld) {
    case 'headcount-stale':
      return m.per_person_stale_meaning({ days: HEADCOUNT_MAX_AGE_DAYS }) + camps;
    case 'headcount-unknown':
      return m.per_person_unknown_meaning() + camps;
    case 'no-people':
      return m.per_person_nobody_meaning();
    case 'no-data':
    case null:
      return null;
  }
}

/** More names than these are a list to work through in the registry. */
const MOST_NAMES = 5;

function listed(names: readonly string[]): string {
  return names.slice(0, MOST_NAMES).join(', ') + (names.length > MOST_NAMES ? ', …' : '');
}
