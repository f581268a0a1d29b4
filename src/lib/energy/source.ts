/** What a meter measures, and whose equipment it measures. */
export const SOURCES = ['diesel', 'solar', 'wind', 'hydro', 'grid', 'battery', 'load'] as const;
export type Source = (typeof SOURCES)[number];

/** Sources whose forward energy is supply and so stands in the total. A battery only moves energy in time. */
export const SUPPLY_SOURCES = [
  'diesel',
  'solar',
  'wind',
  'hydro',
  'grid',
] as const satisfies readonly Source[];
export type SupplySource = (typeof SUPPLY_SOURCES)[number];

export const RENEWABLE_SOURCES = ['solar', 'wind', 'hydro'] as const satisfies readonly Source[];

/**
 * Ownership as the UN's contingent-owned-equipment system names it: `un-owned`, wet or dry lease of
 * contingent-owned equipment, a third party (power purchase), the host country's grid, another agency.
 */
export const OWNERSHIPS = [
  'un-owned',
  'coe-wet',
  'coe-dry',
  'third-party',
  'host-grid',
  'other-agency',
] as const;
export type Ownership = (typeof OWNERSHIPS)[number];

export function isSupplySource(source: Source): source is SupplySource {
  return (SUPPLY_SOURCES as readonly Source[]).includes(source);
}

export function isRenewableSource(source: Source): boolean {
  return (RENEWABLE_SOURCES as readonly Source[]).includes(source);
}

interface Owned {
  readonly source: Source;
  readonly ownership: Ownership;
  readonly contributor?: string;
}

/** The order in which sources, ownerships within one, and contributors within those are always listed. */
export function bySourceAndOwner(a: Owned, b: Owned): number {
  return (
    SOURCES.indexOf(a.source) - SOURCES.indexOf(b.source) ||
    OWNERSHIPS.indexOf(a.ownership) - OWNERSHIPS.indexOf(b.ownership) ||
    compareContributors(a.contributor ?? '', b.contributor ?? '')
  );
}

function compareContributors(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
