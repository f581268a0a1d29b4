/** What the meters' page is filtered by, and the addresses that say so. */
import type { MeterLineState } from './meter-line.ts';

export interface MeterFilterView {
  readonly mission?: string;
  readonly camp?: string;
  readonly state?: MeterLineState;
  readonly text?: string;
}

/** The address of the same list with something else; a change of the filter begins at its first page. */
export function metersHref(filter: MeterFilterView, page = 1): string {
  const query = new URLSearchParams();
  for (const name of ['mission', 'camp', 'state', 'text'] as const) {
    const value = filter[name];
    if (value !== undefined) query.set(name, value);
  }
  if (page > 1) query.set('page', String(page));
  return query.size === 0 ? '/meters' : `/meters?${query.toString()}`;
}
