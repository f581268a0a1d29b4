/**
 * What the figures' components need of a mission or a camp, over any period. The queries' answers have this
 * shape; components take it as props and know nothing of the server.
 */
import type { ShareStatus } from '#lib/energy/coverage.ts';

export interface TargetView {
  readonly year: number;
  readonly share: number;
  readonly pathShare: number;
  readonly official: boolean;
}

export interface QualityView {
  readonly measuredWh: number;
  readonly recoveredWh: number;
  readonly estimatedWh: number;
  readonly manualWh: number;
}

export interface ElectricityView {
  readonly total: number;
  readonly solar: number;
  readonly wind: number;
  readonly hydro: number;
  readonly diesel: number;
  readonly grid: number;
  readonly gridRenewable: number;
  readonly exported: number;
}

export interface SummaryView {
  readonly name: string;
  readonly electricityWh: ElectricityView;
  readonly renewableShare: number | null;
  readonly onSiteRenewableShare: number | null;
  readonly dieselShare: number | null;
  readonly target: TargetView | null;
  readonly gapPp: number | null;
  /** metered */
  readonly fuelL: number;
  /** of gensets whose fuel nobody meters; counted in `ghgKg`, so shown with the metered litres and marked */
  readonly estimatedFuelL: number;
  readonly ghgKg: number;
  readonly coverage: number | null;
  readonly quality: QualityView;
  readonly status: ShareStatus;
}

/** Withheld shares and missing ones take no rank. */
export function isRanked({ status, gapPp }: Pick<SummaryView, 'status' | 'gapPp'>): boolean {
  return (status === 'reportable' || status === 'provisional') && gapPp !== null;
}
