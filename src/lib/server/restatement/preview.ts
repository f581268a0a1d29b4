/**
 * A change of the registry after the fact, before it is put in force: by mission and month, which shares it would
 * move, and which meters and days would be computed again. Reads the ledger and, for meters whose rules change, raw
 * readings; writes nothing.
 */
import { localDateOf } from '../../energy/calendar.ts';
import { DAY_MS } from '../../energy/interval.ts';
import type { MeterRef } from '../../energy/reading.ts';
import {
  dieselShare,
  onSiteRenewableShare,
  renewableShare,
  sumEntries,
  totalWh,
  type EnergySums,
} from '../../energy/share.ts';
import type { MeterRules } from '../../registry/meter-rules.ts';
import type { Correction } from '../../registry/correction.ts';
import { missionOf } from '../../registry/lookup.ts';
import type { Registry } from '../../registry/types.ts';
import type { Store } from '../store/store.ts';
import { campDates, restatedMonths, type CampChange } from './camp-change.ts';
import type { CampToRestate, Restatement } from './plan.ts';
import { recountMeter, type RecountedMeter } from './recount.ts';

export type PreviewStore = Pick<
  Store,
  'listMeters' | 'readReadings' | 'readingFrom' | 'firstMeterDay' | 'readIntervals' | 'readLedger'
>;

export interface PreviewParts {
  readonly store: PreviewStore;
  readonly before: Registry;
  readonly after: Registry;
  readonly plan: Restatement;
  /** in force, before and after */
  readonly corrections: readonly Correction[];
  /** of `after`, with all that stands beside it */
  readonly rulesAfter: (meter: MeterRef) => MeterRules;
  /** the first UTC day of which all raw readings are kept: accounting anew begins there */
  readonly keptFromDay: number;
}

export interface MonthFigures {
  readonly renewableShare: number | null;
  readonly onSiteRenewableShare: number | null;
  readonly dieselShare: number | null;
  readonly totalWh: number;
  /** metered, L */
  readonly fuelL: number;
}

export interface MonthChange {
  readonly mission: string;
  readonly name: string;
  /** `YYYY-MM`, of the mission's zone */
  readonly month: string;
  readonly before: MonthFigures;
  readonly after: MonthFigures;
}

export interface MeterToRecount {
  /** mission/camp/meter */
  readonly meter: string;
  /** UTC dates, inclusive */
  readonly from: string;
  readonly to: string;
  readonly days: number;
}

export interface CampToRebuild {
  readonly mission: string;
  readonly camp: string;
  /** local dates that are rebuilt, the first and the last of them */
  readonly from: string;
  readonly to: string;
  readonly days: number;
}

export interface RestatementPreview {
  /** accounted anew from raw readings */
  readonly meters: readonly MeterToRecount[];
  /** whose ledger is rebuilt */
  readonly camps: readonly CampToRebuild[];
  /** missions' months whose figures change, ascending; months that are computed again to the same figures are not among them */
  readonly months: readonly MonthChange[];
}

const ML_PER_L = 1000;

function figuresOf(sums: EnergySums): MonthFigures {
  return {
    renewableShare: renewableShare(sums),
    onSiteRenewableShare: onSiteRenewableShare(sums),
    dieselShare: dieselShare(sums),
    totalWh: totalWh(sums),
    fuelL: sums.fuelMl / ML_PER_L,
  };
}

function add(into: EnergySums, sums: EnergySums, times: 1 | -1): void {
  for (const name of Object.keys(into) as (keyof EnergySums)[]) into[name] += sums[name] * times;
}

/** Every camp the plan touches: those whose ledger reads differently, and those of a meter accounted anew. */
function touchedCamps({ before, after, plan }: PreviewParts): CampToRestate[] {
  const camps = new Map(plan.camps.map((camp) => [`${camp.mission}/${camp.camp}`, camp]));
  for (const { mission, camp } of plan.meters) {
    const key = `${mission}/${camp}`;
    const zone = (missionOf(after, mission) ?? missionOf(before, mission))?.zone;
    if (zone !== undefined && !camps.has(key)) camps.set(key, { mission, camp, zone, spans: [] });
  }
  return [...camps.values()];
}

function toRecount({ meter, firstDay, lastDay }: RecountedMeter): MeterToRecount {
  const date = (day: number): string => localDateOf(day * DAY_MS, 'UTC');
  return { meter: meter.key, from: date(firstDay), to: date(lastDay), days: lastDay - firstDay + 1 };
}

async function monthChanges(
  parts: PreviewParts,
  changes: ReadonlyMap<string, CampChange>,
): Promise<MonthChange[]> {
  const found: MonthChange[] = [];
  for (const [key, { mission, month, taken, given }] of [...changes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const query = { level: 'month', from: month, to: month, mission, sumCamps: true } as const;
    const sums = sumEntries(await parts.store.readLedger(query));
    const before = figuresOf(sums);
    add(sums, taken, -1);
    add(sums, given, 1);
    const after = figuresOf(sums);
    if (JSON.stringify(before) === JSON.stringify(after)) continue;
    const name = (missionOf(parts.after, mission) ?? missionOf(parts.before, mission))?.name ?? key;
    found.push({ mission, name, month, before, after });
  }
  return found;
}

/**
 * What applying `plan` would do. Of the meters that are accounted anew all readings are read, one camp at a time.
 * @throws AppError of the store
 */
export async function previewRestatement(parts: PreviewParts): Promise<RestatementPreview> {
  const { store, plan, corrections, rulesAfter, keptFromDay } = parts;
  const meters: MeterToRecount[] = [];
  const camps: CampToRebuild[] = [];
  const changes = new Map<string, CampChange>();
  for (const camp of touchedCamps(parts)) {
    const recounted: RecountedMeter[] = [];
    for (const meter of plan.meters) {
      if (meter.mission !== camp.mission || meter.camp !== camp.camp) continue;
      const made = await recountMeter(store, meter, { rules: rulesAfter(meter), keptFromDay });
      if (made.lastDay < made.firstDay) continue;
      recounted.push(made);
      meters.push(toRecount(made));
    }
    const dates = await campDates(camp, { store, corrections, recounted });
    const [from] = dates;
    const to = dates.at(-1);
    if (from === undefined || to === undefined) continue;
    camps.push({ mission: camp.mission, camp: camp.camp, from, to, days: dates.length });
    for await (const change of restatedMonths(camp, { store, registry: parts.after, recounted, dates })) {
      const key = `${change.mission} ${change.month}`;
      const known = changes.get(key);
      if (known === undefined) changes.set(key, change);
      else {
        add(known.taken, change.taken, 1);
        add(known.given, change.given, 1);
      }
    }
  }
  return { meters, camps, months: await monthChanges(parts, changes) };
}
