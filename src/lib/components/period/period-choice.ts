/** A period that can be chosen with one click. Local dates, both inclusive. */
export interface PeriodChoice {
  readonly kind: 'calendar' | 'budget' | 'twelve-months';
  /** the year, or the first of the two that a budget year lies in */
  readonly year: number;
  readonly from: string;
  readonly to: string;
}
