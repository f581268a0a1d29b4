/** A meter that publishes and that nobody has registered. */
export interface UnassignedMeter {
  readonly mission: string;
  readonly camp: string;
  readonly meter: string;
  /** epoch ms */
  readonly lastAt: number;
  /** W; null when its last reading told none */
  readonly lastPowerW: number | null;
}
