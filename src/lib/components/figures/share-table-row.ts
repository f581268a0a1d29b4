/** One row of a ranked table: a mission or a camp, with what is said of it. */
import type { CourseView } from './course-words.ts';
import type { LineageScope } from './lineage-href.ts';
import type { SummaryView } from './summary.ts';

export interface TrendView {
  /** the last 24 complete months, oldest first */
  readonly shares: readonly (number | null)[];
  readonly course: CourseView;
}

export interface ShareTableRow {
  readonly href: string;
  readonly name: string;
  readonly isExample: boolean;
  /** another page about the same, linked under its name */
  readonly more?: { readonly href: string; readonly text: string };
  /** what a box beside the name sends, to compare it with others; absent where nothing can be compared */
  readonly compare?: { readonly form: string; readonly name: string; readonly value: string };
  readonly summary: SummaryView;
  /** what its figures' lineage is told of */
  readonly lineage?: LineageScope;
  readonly trend?: TrendView;
}
