/**
 * Interval energy → cells. One camp's local day is split into cells, one for each quarter of an hour,
 * source, ownership and contributing unit; what left through the grid is taken from what was generated, and the renewable
 * part is marked. Hours, days and months are all sums of cells, so they can never disagree.
 *
 * Exports: what leaves through the grid meters in a quarter is taken from the on-site generation of that
 * same quarter, pro rata of its mix. Where more leaves than is generated (a battery feeding the grid), the
 * rest is taken from what is left of the same local day's on-site generation, again pro rata: that is
 * where the battery most likely got it. What even the day cannot explain is not taken from anything; it
 * shows as the grid's `reverseWh` exceeding the exports. So exports never exceed generation.
 */
import { apportion } from './apportion.ts';
import { dayRange } from './calendar.ts';
import { coverageWeightW } from './coverage.ts';
import { defaultLitresPerKWh } from './factors.ts';
import { DAY_MS, INTERVAL_MS, type EnergyInterval, type MeterDay } from './interval.ts';
import { emptyTally, type LedgerTally } from './ledger.ts';
import { bySourceAndOwner, isRenewableSource, type Ownership, type Source } from './source.ts';

const INTERVALS_PER_HOUR = 3_600_000 / INTERVAL_MS;
const WH_PER_KWH = 1000;

export interface LedgerMeter {
  readonly source: Source;
  readonly ownership: Ownership;
  readonly contributor?: string | undefined;
  readonly ratedW?: number | undefined;
  /** by the epoch ms of the interval's first instant; other days' intervals may be in it and are passed over */
  readonly intervals: ReadonlyMap<number, EnergyInterval>;
}

/** All that the ledger of one camp's local day is made of: the meters in service on that day. */
export interface CampDay {
  readonly mission: string;
  readonly camp: string;
  /** local date in `zone` */
  readonly date: string;
  readonly zone: string;
  /** 0..1, of the grid that serves the camp on that date */
  readonly gridRenewableFraction: number;
  readonly meters: readonly LedgerMeter[];
}

export interface LedgerCell {
  /** epoch ms of the quarter's first instant */
  readonly start: number;
  readonly source: Source;
  readonly ownership: Ownership;
  readonly contributor?: string;
  readonly amounts: LedgerTally;
}

/** The known intervals of a meter's days, by the instant they begin. */
export function intervalsByStart(days: Iterable<MeterDay>): Map<number, EnergyInterval> {
  const byStart = new Map<number, EnergyInterval>();
  for (const { day, intervals } of days) {
    intervals.forEach((interval, i) => {
      if (interval !== null) byStart.set(day * DAY_MS + i * INTERVAL_MS, interval);
    });
  }
  return byStart;
}

/** mL that a genset takes in a quarter by the default curve: its Wh × the L/kWh at the quarter's mean load. */
export function curveFuelMl(energyWh: number, ratedW: number | undefined): number {
  const meanPowerW = energyWh * INTERVALS_PER_HOUR;
  return Math.round(energyWh * defaultLitresPerKWh({ ratedW, meanPowerW }) * (1000 / WH_PER_KWH));
}

/** A genset's fuel counts as metered on a day when its meter told of any. Registers of whole litres are too coarse for less. */
function isFuelMetered(meter: LedgerMeter, starts: readonly number[]): boolean {
  return starts.some((start) => (meter.intervals.get(start)?.fuelMl ?? 0) > 0);
}

function tallyMeter(
  meter: LedgerMeter,
  starts: readonly number[],
  cellAt: (start: number) => LedgerTally,
): void {
  const weightW = coverageWeightW(meter.ratedW);
  const estimatesFuel = meter.source === 'diesel' && !isFuelMetered(meter, starts);
  for (const start of starts) {
    const interval = meter.intervals.get(start);
    if (interval === undefined) continue;
    const cell = cellAt(start);
    cell.energyWh += interval.forwardWh;
    cell.reverseWh += interval.reverseWh;
    cell.fuelMl += interval.fuelMl;
    if (estimatesFuel) cell.estimatedFuelMl += curveFuelMl(interval.forwardWh, meter.ratedW);
    cell.recoveredWh += interval.recoveredWh;
    cell.estimatedWh += interval.estimatedWh;
    cell.manualWh += interval.manualWh;
    cell.implausibleWh += interval.implausibleWh;
    cell.coveredWs += interval.coveredS * weightW;
  }
}

function isOnSite(source: Source): boolean {
  return source === 'diesel' || isRenewableSource(source);
}

/** Takes up to `exportWh` from what the cells have not exported yet; returns what they could not give. */
function takeExport(exportWh: number, cells: readonly LedgerCell[]): number {
  const left = cells.map(({ amounts }) => amounts.energyWh - amounts.exportedWh);
  let taken = 0;
  apportion(exportWh, left).forEach((share, i) => {
    const cell = cells[i];
    if (cell !== undefined) cell.amounts.exportedWh += share;
    taken += share;
  });
  return exportWh - taken;
}

function splitExports(cells: readonly LedgerCell[]): void {
  const byStart = Map.groupBy(cells, (cell) => cell.start);
  let excessWh = 0;
  for (const quarter of byStart.values()) {
    const exportWh = quarter.reduce(
      (sum, { source, amounts }) => sum + (source === 'grid' ? amounts.reverseWh : 0),
      0,
    );
    if (exportWh > 0)
      excessWh += takeExport(
        exportWh,
        quarter.filter(({ source }) => isOnSite(source)),
      );
  }
  if (excessWh > 0)
    takeExport(
      excessWh,
      cells.filter(({ source }) => isOnSite(source)),
    );
}

/** Grid energy is rounded on its running total, so that the cells add up to the day's own rounding. */
function markRenewable(cells: readonly LedgerCell[], gridRenewableFraction: number): void {
  let gridWh = 0;
  for (const { source, amounts } of cells) {
    if (isRenewableSource(source)) amounts.renewableWh = amounts.energyWh - amounts.exportedWh;
    if (source !== 'grid') continue;
    const before = Math.round(gridWh * gridRenewableFraction);
    gridWh += amounts.energyWh;
    amounts.renewableWh = Math.round(gridWh * gridRenewableFraction) - before;
  }
}

/** The cells of one camp's local day, ascending by instant, source and owner; none where nothing is known. */
export function splitCampDay(day: CampDay): LedgerCell[] {
  const { from, to } = dayRange(day.date, day.zone);
  const starts: number[] = [];
  for (let start = Math.ceil(from / INTERVAL_MS) * INTERVAL_MS; start < to; start += INTERVAL_MS)
    starts.push(start);

  const cells = new Map<string, LedgerCell>();
  for (const meter of day.meters) {
    const { source, ownership, contributor } = meter;
    tallyMeter(meter, starts, (start) => {
      const key = `${start} ${source} ${ownership} ${contributor ?? ''}`;
      let cell = cells.get(key);
      if (cell === undefined) {
        const owner = contributor === undefined ? { ownership } : { ownership, contributor };
        cell = { start, source, ...owner, amounts: emptyTally() };
        cells.set(key, cell);
      }
      return cell.amounts;
    });
  }
  const sorted = [...cells.values()].sort((a, b) => a.start - b.start || bySourceAndOwner(a, b));
  splitExports(sorted);
  markRenewable(sorted, day.gridRenewableFraction);
  return sorted;
}
