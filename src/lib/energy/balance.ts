/**
 * Energy balance of a camp whose loads are metered:
 *
 *     sources − export + discharge − charge = loads + losses
 *
 * Losses of a few per cent are cables and transformers. An imbalance beyond {@link BALANCE_TOLERANCE} is a
 * finding: a CT clamped backwards, a wrong ratio, something counted twice or not at all.
 */

/** Fraction of what the sources supplied. */
export const BALANCE_TOLERANCE = 0.05;

export interface BalanceInput {
  /** solar, wind, hydro, diesel and grid import, gross */
  readonly supplyWh: number;
  readonly exportWh: number;
  readonly dischargedWh: number;
  readonly chargedWh: number;
  readonly loadWh: number;
}

export interface Balance {
  /** what reached the busbar for the camp to use: the left side */
  readonly deliveredWh: number;
  readonly loadWh: number;
  /** delivered − loads: losses when positive; when negative the loads used more than anybody supplied */
  readonly differenceWh: number;
  /** of what was delivered */
  readonly differenceShare: number;
  readonly isFinding: boolean;
}

/** Null when nothing was delivered and nothing used, so that there is nothing to balance. */
export function energyBalance(input: BalanceInput, tolerance: number = BALANCE_TOLERANCE): Balance | null {
  const deliveredWh = input.supplyWh - input.exportWh + input.dischargedWh - input.chargedWh;
  const scaleWh = Math.max(deliveredWh, 0) || input.loadWh;
  if (scaleWh <= 0) return null;
  const differenceWh = deliveredWh - input.loadWh;
  const differenceShare = differenceWh / scaleWh;
  return {
    deliveredWh,
    loadWh: input.loadWh,
    differenceWh,
    differenceShare,
    isFinding: Math.abs(differenceShare) > tolerance,
  };
}
