/** All that the live desk is drawn from, as the server hands it over beside what it drew. */
import type { LineageScope } from '#lib/components/figures/lineage-href.ts';
import type { CampStart } from './camp-live.svelte.ts';
import type { SummaryView } from '#lib/components/figures/summary.ts';
import type { CampToday, GensetHistory } from './findings.ts';

export interface DeskView extends CampStart {
  readonly mission: { readonly slug: string; readonly name: string };
  readonly camp: { readonly slug: string; readonly name: string };
  readonly zone: string;
  readonly today: CampToday & SummaryView;
  readonly gensets: readonly GensetHistory[];
  /** the camp and its present day */
  readonly scope: LineageScope;
}
