/** What a restatement changes in one camp, month by month: what its days held, and what they would hold. */
import { addDays, daysBetween, localDateOf, monthOf, periodRange } from '../../energy/calendar.ts';
import { utcDayOf } from '../../energy/checkpoint.ts';
import { DAY_MS, type EnergyInterval } from '../../energy/interval.ts';
import { meterRef, type MeterRef } from '../../energy/reading.ts';
import { sumEntries, type EnergySums } from '../../energy/share.ts';
import { buildCampLedgerDay } from '../../registry/camp-day.ts';
import type { Correction } from '../../registry/correction.ts';
import { isWithin } from '../../registry/ledger-basis.ts';
import { campOf } from '../../registry/lookup.ts';
import type { Registry } from '../../registry/types.ts';
import type { Store } from '../store/store.ts';
import type { CampToRestate } from './plan.ts';
import type { RecountedMeter } from './recount.ts';

export interface CampChange {
  readonly mission: string;
  readonly month: string;
  /** what the restated days hold as they stand, and what they would hold */
  readonly taken: EnergySums;
  readonly given: EnergySums;
}

export interface EnergySources {
  readonly store: Pick<Store, 'listMeters' | 'readingFrom' | 'firstMeterDay'>;
  /** in force: what they fill counts where no meter ever spoke, too */
  readonly corrections: readonly Correction[];
}

/** Every local date the camp may have energy on, whatever its zone was before, ascending. @throws AppError */
async function datesWithEnergy(
  { mission, camp, zone }: CampToRestate,
  { store, corrections }: EnergySources,
): Promise<string[]> {
  const seen = await store.listMeters({ mission, camp });
  const firsts = await Promise.all(seen.map(({ meter }) => firstAt(meter, store)));
  const filled = corrections.filter(({ meter }) => meter.mission === mission && meter.camp === camp);
  const earliest = [
    ...firsts.flatMap((at) => (at === undefined ? [] : [at])),
    ...filled.map(({ from }) => from),
  ];
  if (earliest.length === 0) return [];
  const latest = [...seen.map(({ lastAt }) => lastAt), ...filled.map(({ to }) => to)];
  return daysBetween({
    from: addDays(localDateOf(Math.min(...earliest), zone), -1),
    to: addDays(localDateOf(Math.max(...latest), zone), 1),
  });
}

/** When the meter first spoke, epoch ms: its raw readings of then may have been removed since they were accounted. */
async function firstAt(meter: MeterRef, store: EnergySources['store']): Promise<number | undefined> {
  const [reading, day] = await Promise.all([store.readingFrom(meter, 0), store.firstMeterDay(meter)]);
  const isRemoved = day !== undefined && (reading === undefined || day < utcDayOf(reading.at));
  return isRemoved ? day * DAY_MS : reading?.at;
}

/** The dates of the camp's spans that it may have energy on, ascending. @throws AppError */
export async function spannedDates(camp: CampToRestate, sources: EnergySources): Promise<string[]> {
  const dates = await datesWithEnergy(camp, sources);
  return dates.filter((date) => camp.spans.some((span) => isWithin(span, date)));
}

/** The dates that are rebuilt: those of the camp's spans, and those that days accounted anew reach into. @throws AppError */
export async function campDates(
  camp: CampToRestate,
  { recounted, ...sources }: EnergySources & { readonly recounted: readonly RecountedMeter[] },
): Promise<string[]> {
  const dates = new Set(await spannedDates(camp, sources));
  for (const { firstDay, lastDay } of recounted) {
    const from = localDateOf(firstDay * DAY_MS, camp.zone);
    const to = localDateOf((lastDay + 1) * DAY_MS - 1, camp.zone);
    for (const date of daysBetween({ from, to })) dates.add(date);
  }
  return [...dates].sort();
}

export interface MonthSources {
  readonly store: Pick<Store, 'readIntervals' | 'readLedger'>;
  /** the new one */
  readonly registry: Registry;
  readonly recounted: readonly RecountedMeter[];
  /** ascending */
  readonly dates: readonly string[];
}

/** Month by month, so that no more than a month of intervals is held beside what was recounted. @throws AppError */
export async function* restatedMonths(
  camp: CampToRestate,
  sources: MonthSources,
): AsyncGenerator<CampChange> {
  const { mission, camp: slug } = camp;
  for (const [month, dates] of Map.groupBy(sources.dates, monthOf)) {
    const wanted = new Set(dates);
    const period = { from: dates[0] ?? month, to: dates.at(-1) ?? month };
    const stored = await sources.store.readLedger({ level: 'day', ...period, mission, camp: slug });
    const intervals = await intervalsOf(camp, sources, period);
    const rebuilt = dates.flatMap((date) =>
      buildCampLedgerDay({ registry: sources.registry, mission, camp: slug, date, intervals }),
    );
    yield {
      mission,
      month,
      taken: sumEntries(stored.filter((entry) => wanted.has(entry.period))),
      given: sumEntries(rebuilt),
    };
  }
}

/** By meter, then by instant, of the meters the new registry has in the camp. */
async function intervalsOf(
  { mission, camp, zone }: CampToRestate,
  { store, registry, recounted }: MonthSources,
  period: { readonly from: string; readonly to: string },
): Promise<Map<string, Map<number, EnergyInterval>>> {
  const range = periodRange(period, zone);
  const byMeter = new Map(recounted.map((each) => [each.meter.meter, each.intervalsIn(range)]));
  const anewFrom = new Map(recounted.map((each) => [each.meter.meter, each.closedBefore]));
  const slugs = Object.keys(campOf(registry, mission, camp)?.meters ?? {}).filter(
    (slug) => range.from < (anewFrom.get(slug) ?? Infinity),
  );
  const refs = slugs.map((slug) => meterRef(mission, camp, slug));
  for (const { meter, start, ...interval } of await store.readIntervals(refs, range)) {
    if (start >= (anewFrom.get(meter.meter) ?? Infinity)) continue;
    const known = byMeter.get(meter.meter) ?? new Map<number, EnergyInterval>();
    byMeter.set(meter.meter, known);
    known.set(start, interval);
  }
  return byMeter;
}
