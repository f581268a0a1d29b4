/**
 * From ledger entries to the shares somebody signs. Always a ratio of sums, never a mean of percentages;
 * no energy → no share (null), never 0. A battery and a load stand in neither numerator nor denominator.
 *
 *     total            = solar + wind + hydro + diesel + grid import − exported
 *     renewable share  = (solar + wind + hydro, less what was exported of them, + grid import × its renewable fraction) ÷ total
 *     on-site share    = (solar + wind + hydro, less what was exported of them) ÷ total
 *     diesel share     = (diesel, less what was exported of it) ÷ total
 *
 * The shares of renewable, diesel and the rest of the grid therefore add up to 1.
 */
import type { LedgerAmounts } from './ledger.ts';
import { isSupplySource, type Source } from './source.ts';

/** Sums over any set of ledger entries or cells. Wh, mL, W·s; whole numbers. */
export interface EnergySums {
  solarWh: number;
  windWh: number;
  hydroWh: number;
  dieselWh: number;
  gridWh: number;
  gridRenewableWh: number;
  /** on-site generation that left the camp */
  exportedWh: number;
  /** all that the grid meters saw leave: more than `exportedWh` where no generation explains it */
  gridExportWh: number;
  /** the part of `exportedWh` that was diesel's */
  dieselExportedWh: number;
  /** solar, wind and hydro, less what was exported of them */
  onSiteRenewableWh: number;
  chargedWh: number;
  dischargedWh: number;
  loadWh: number;
  fuelMl: number;
  estimatedFuelMl: number;
  /** how the supply's gross energy is known; the rest of it is measured */
  recoveredWh: number;
  estimatedWh: number;
  manualWh: number;
  implausibleWh: number;
  /** of the supply's meters only: those that the share depends on */
  coveredWs: number;
}

export function emptySums(): EnergySums {
  return {
    solarWh: 0,
    windWh: 0,
    hydroWh: 0,
    dieselWh: 0,
    gridWh: 0,
    gridRenewableWh: 0,
    exportedWh: 0,
    gridExportWh: 0,
    dieselExportedWh: 0,
    onSiteRenewableWh: 0,
    chargedWh: 0,
    dischargedWh: 0,
    loadWh: 0,
    fuelMl: 0,
    estimatedFuelMl: 0,
    recoveredWh: 0,
    estimatedWh: 0,
    manualWh: 0,
    implausibleWh: 0,
    coveredWs: 0,
  };
}

function addBySource(sums: EnergySums, source: Source, amounts: LedgerAmounts): void {
  switch (source) {
    case 'solar':
    case 'wind':
    case 'hydro':
      sums[`${source}Wh`] += amounts.energyWh;
      sums.onSiteRenewableWh += amounts.renewableWh;
      break;
    case 'diesel':
      sums.dieselWh += amounts.energyWh;
      sums.dieselExportedWh += amounts.exportedWh;
      break;
    case 'grid':
      sums.gridWh += amounts.energyWh;
      sums.gridRenewableWh += amounts.renewableWh;
      sums.gridExportWh += amounts.reverseWh;
      break;
    case 'battery':
      sums.dischargedWh += amounts.energyWh;
      sums.chargedWh += amounts.reverseWh;
      break;
    case 'load':
      sums.loadWh += amounts.energyWh;
      break;
  }
}

/** Adds one ledger entry or cell of `source` to the sums. */
export function addToSums(sums: EnergySums, source: Source, amounts: LedgerAmounts): void {
  addBySource(sums, source, amounts);
  if (!isSupplySource(source)) return;
  sums.exportedWh += amounts.exportedWh;
  sums.fuelMl += amounts.fuelMl;
  sums.estimatedFuelMl += amounts.estimatedFuelMl;
  sums.recoveredWh += amounts.recoveredWh;
  sums.estimatedWh += amounts.estimatedWh;
  sums.manualWh += amounts.manualWh;
  sums.implausibleWh += amounts.implausibleWh;
  sums.coveredWs += amounts.coveredWs;
}

export function sumEntries(entries: Iterable<LedgerAmounts & { readonly source: Source }>): EnergySums {
  const sums = emptySums();
  for (const entry of entries) addToSums(sums, entry.source, entry);
  return sums;
}

/** Wh the camp itself used: supply less export. The denominator of every share. */
export function totalWh(sums: EnergySums): number {
  return sums.solarWh + sums.windWh + sums.hydroWh + sums.dieselWh + sums.gridWh - sums.exportedWh;
}

function shareOf(partWh: number, sums: EnergySums): number | null {
  const total = totalWh(sums);
  return total > 0 ? partWh / total : null;
}

/** 0..1, the grid's renewable part included; null when there is no energy to have a share of. */
export function renewableShare(sums: EnergySums): number | null {
  return shareOf(sums.onSiteRenewableWh + sums.gridRenewableWh, sums);
}

/** 0..1 of the same total, from the camp's own solar, wind and hydro alone; null as above. */
export function onSiteRenewableShare(sums: EnergySums): number | null {
  return shareOf(sums.onSiteRenewableWh, sums);
}

/** 0..1; null as above. */
export function dieselShare(sums: EnergySums): number | null {
  return shareOf(sums.dieselWh - sums.dieselExportedWh, sums);
}
