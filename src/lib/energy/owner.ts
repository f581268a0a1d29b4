/**
 * Whose equipment a meter measures. Ownership belongs to the asset; for contingent-owned equipment it comes
 * with the contributing country and unit. The ledger carries the two as one text, the contributor, so that
 * what a unit brought is a sum of ledger entries like everything else.
 */
import type { Ownership } from './source.ts';

export interface Owner {
  readonly ownership: Ownership;
  /** the contributing unit, as its country names it */
  readonly unit?: string;
  /** ISO 3166-1 alpha-2 */
  readonly country?: string;
}

/** A contributing unit by its two names; null where the registry does not tell one. */
export interface Contributor {
  readonly country: string | null;
  readonly unit: string | null;
}

/** `BD/BANBATT`, `BD/` or `/BANBATT`; undefined where neither country nor unit is told. */
export function contributorOf({ unit, country }: Pick<Owner, 'unit' | 'country'>): string | undefined {
  return unit === undefined && country === undefined ? undefined : `${country ?? ''}/${unit ?? ''}`;
}

/** The inverse of {@link contributorOf}: a country has no slash, a unit may have. */
export function parseContributor(contributor: string): Contributor {
  const slash = contributor.indexOf('/');
  const country = contributor.slice(0, slash);
  const unit = contributor.slice(slash + 1);
  return { country: country === '' ? null : country, unit: unit === '' ? null : unit };
}
