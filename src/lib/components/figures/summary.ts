/**
 * What the figures' components need of a mission or a camp, over any period. The queries' answers have this
 * shape; components take it as props and know nothing of the server.
 */
import type { ShareStatus } from '#lib/energy/coverage.ts';
import type { GroupPerCapita } from '#lib/energy/per-capita.ts';

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
  /** held back from every figure until somebody confirms it */
  readonly implausibleWh: number;
  /** figures a person a day, withheld where a headcount is missing or stale */
  readonly perCapita: GroupPerCapita;
  readonly status: ShareStatus;
  /** local date since when it is closed; null or absent while it is open */
  readonly closedOn?: string | null;
}

/** Withheld shares and missing ones take no rank, and what is closed competes no more. */
export function isRanked({
  status,
  gapPp,
  closedOn = null,
}: Pick<SummaryView, 'status' | 'gapPp' | 'closedOn'>): boolean {
  return closedOn === null && (status === 'reportable' || status === 'provisional') && gapPp !== null;
}

/** Litres burnt per kWh that diesel gave, metered and estimated; null where no genset ran. */
export function litresPerDieselKWh({
  fuelL,
  estimatedFuelL,
  electricityWh,
}: Pick<SummaryView, 'fuelL' | 'estimatedFuelL' | 'electricityWh'>): number | null {
  if (electricityWh.diesel <= 0) return null;
  return (fuelL + estimatedFuelL) / (electricityWh.diesel / 1000);
}
