/** One local day of a mission or camp, as the calendar shows it. */
export interface DayView {
  readonly date: string;
  /** 0..1; null where nothing was metered */
  readonly share: number | null;
  readonly energyWh: number;
  readonly coverage: number | null;
}
