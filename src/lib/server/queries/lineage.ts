/**
 * Where a figure comes from: its formula with the sums that entered, the meters with their part of them and how it
 * is known, the factors in force, and the way down to intervals and raw readings.
 */
import { addDays, localDateOf, periodRange } from '../../energy/calendar.ts';
import { coverageOf, expectedWs } from '../../energy/coverage.ts';
import type { FactorSet } from '../../energy/factors.ts';
import type { Ownership, Source } from '../../energy/source.ts';
import { gridRenewableFractionOn, serviceRange } from '../../registry/in-service.ts';
import { campOf, missionOf } from '../../registry/lookup.ts';
import type { Camp, Mission } from '../../registry/types.ts';
import { fuelBySet, sumDated } from './emissions.ts';
import { allCamps, expectedMeters } from './expected.ts';
import { lineageCorrections, type LineageCorrection } from './lineage-corrections.ts';
import { formulaOf, type LineageFigure, type LineageFormula } from './lineage-formula.ts';
import { campParts, type LineageCamp } from './lineage-camps.ts';
import { meterParts, readScopeLedger, type MeterAmounts, type PartScope } from './lineage-meters.ts';
import { summarise } from './summary.ts';
import type { EnergySummary, Period, QualityWh, QueryContext, ShareStatus } from './types.ts';

export interface LineageQuery {
  readonly mission: string;
  /** undefined: the whole mission */
  readonly camp?: string | undefined;
  readonly period: Period;
  readonly figure: LineageFigure;
}

export interface LineageMeter {
  readonly camp: string;
  readonly meter: string;
  readonly name: string;
  readonly source: Source;
  readonly ownership: Ownership;
  readonly ratedW: number | null;
  readonly energyWh: number;
  readonly quality: QualityWh;
  /** in none of the figures */
  readonly implausibleWh: number;
  readonly fuelL: number;
  readonly estimatedFuelL: number;
  /** 0..1 of the time it was in service; null when it was not */
  readonly coverage: number | null;
  /** raw readings of the period's last day so far */
  readonly readings: string;
}

type LineageFactorSet = Pick<FactorSet, 'version' | 'from' | 'source' | 'vintage' | 'dieselKgCo2ePerL'> & {
  readonly gwp: string;
};

export interface LineageAnswer {
  readonly mission: string;
  readonly camp: string | null;
  readonly name: string;
  readonly zone: string;
  readonly period: Period;
  readonly figure: LineageFigure;
  /** null where there is nothing to tell: no energy has no share */
  readonly value: number | null;
  readonly status: ShareStatus;
  readonly formula: LineageFormula;
  /** of the figure's meters; null where those of the period are too many to read, see lineage-meters.ts */
  readonly meters: readonly LineageMeter[] | null;
  /** of a mission, in the meters' place */
  readonly camps: readonly LineageCamp[] | null;
  /** the meters' sum beside the ledger's, Wh: equal unless readings came in between the two */
  readonly check: { readonly metersWh: number; readonly ledgerWh: number } | null;
  /** in force, of the figure's meters and period */
  readonly corrections: readonly LineageCorrection[];
  /** the newest set used */
  readonly factors: LineageFactorSet & {
    /** 0..1 of each camp's grid at the period's end */
    readonly gridRenewableFractions: Readonly<Record<string, number>>;
  };
  /** every set used, by the date it begins */
  readonly factorSets: readonly LineageFactorSet[];
  readonly links: {
    /** quarters of an hour of the period's last days */
    readonly intervals: string;
    readonly methodology: string;
  };
}

function valueOf(figure: LineageFigure, summary: EnergySummary): number | null {
  if (figure === 'coverage') return summary.coverage;
  if (summary.status === 'no-data') return null;
  switch (figure) {
    case 'renewableShare':
    case 'dieselShare':
      return summary[figure];
    case 'electricity':
      return summary.electricityWh.total;
    case 'fuel':
      return summary.fuelL + summary.estimatedFuelL;
    case 'ghg':
      return summary.ghgKg;
  }
}

function query(parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).filter((each): each is [string, string] => each[1] !== undefined);
  return new URLSearchParams(given).toString();
}

interface MeterContext {
  readonly zone: string;
  readonly period: Period;
  readonly now: number;
  readonly lastDate: string;
}

function lineageMeter({ ref, meter, amounts }: MeterAmounts, at: MeterContext): LineageMeter {
  const { recoveredWh, estimatedWh, manualWh, energyWh } = amounts;
  const expected = { service: serviceRange(meter, at.zone), ratedW: meter.ratedW };
  const { mission, camp, meter: slug } = ref;
  return {
    camp,
    meter: slug,
    name: meter.name ?? slug,
    source: meter.source,
    ownership: meter.ownership,
    ratedW: meter.ratedW ?? null,
    energyWh,
    quality: {
      measuredWh: energyWh - recoveredWh - estimatedWh - manualWh,
      recoveredWh,
      estimatedWh,
      manualWh,
    },
    implausibleWh: amounts.implausibleWh,
    fuelL: amounts.fuelMl / 1000,
    estimatedFuelL: amounts.estimatedFuelMl / 1000,
    coverage: coverageOf({
      coveredWs: amounts.coveredWs,
      expectedWs: expectedWs([expected], periodRange(at.period, at.zone), at.now),
    }),
    readings: `/api/v1/readings?${query({ mission, camp, meter: slug, date: at.lastDate })}`,
  };
}

function lineageFactorSet(set: FactorSet): LineageFactorSet {
  const { version, from, source, vintage, dieselKgCo2ePerL, gwp } = set;
  return { version, from, source, vintage, dieselKgCo2ePerL, gwp: gwp.name };
}

/** By camp slug, of camps with a grid meter. */
function gridFractions(
  mission: Mission,
  camps: Readonly<Record<string, Camp>>,
  date: string,
): Record<string, number> {
  const withGrid = Object.entries(camps).filter(([, { meters }]) =>
    Object.values(meters).some((meter) => meter.source === 'grid'),
  );
  const fractions = withGrid.map(([slug, camp]) => [slug, gridRenewableFractionOn(mission, camp, date)]);
  return Object.fromEntries(fractions) as Record<string, number>;
}

/** Days of quarters of an hour that a link leads to: 384 rows. */
const LINKED_DAYS = 4;

function linksOf({ mission, camp }: LineageQuery, period: Period, lastDate: string): LineageAnswer['links'] {
  const first = addDays(lastDate, 1 - LINKED_DAYS);
  const from = first < period.from ? period.from : first;
  const asked = query({ camp, from, to: lastDate, step: '15m' });
  return { intervals: `/api/v1/missions/${mission}/energy?${asked}`, methodology: '/methodology' };
}

/** Undefined when the registry does not know the mission or the camp. @throws AppError */
export async function lineageAnswer(
  ctx: QueryContext,
  asked: LineageQuery,
): Promise<LineageAnswer | undefined> {
  const mission = missionOf(ctx.registry, asked.mission);
  const camp = asked.camp === undefined ? undefined : campOf(ctx.registry, asked.mission, asked.camp);
  if (mission === undefined || (asked.camp !== undefined && camp === undefined)) return undefined;
  const { period, figure } = asked;
  const { zone } = mission;
  const group = camp === undefined ? allCamps(mission) : { mission, camps: [camp] };
  const scope: PartScope = { slug: asked.mission, mission, camp: asked.camp, period };
  const [entries, parts] = await Promise.all([readScopeLedger(ctx, scope), meterParts(ctx, scope)]);
  const sums = sumDated(entries);
  const summary = summarise(group, sums, { ...ctx, period });
  const fuel = fuelBySet(sums, { date: period.to, factorSets: ctx.factorSets });
  const factorSets = fuel.map(({ set }) => lineageFactorSet(set));
  const today = localDateOf(ctx.now, zone);
  const lastDate = today < period.from || period.to < today ? period.to : today;
  const isFuel = figure === 'fuel' || figure === 'ghg';
  const shown = parts?.meters.filter(({ meter }) => !isFuel || meter.source === 'diesel') ?? null;
  const expected = expectedWs(expectedMeters(group), periodRange(period, zone), ctx.now);
  const gridCamps = asked.camp === undefined || camp === undefined ? mission.camps : { [asked.camp]: camp };
  const gridRenewableFractions = gridFractions(mission, gridCamps, period.to);
  const newest = factorSets.at(-1);
  if (newest === undefined) throw new Error('a period without a factor set');
  return {
    mission: asked.mission,
    camp: asked.camp ?? null,
    name: camp?.name ?? mission.name,
    zone,
    period,
    figure,
    value: valueOf(figure, summary),
    status: summary.status,
    formula: formulaOf(figure, { sums, fuel, expectedWs: expected }),
    meters: shown && shown.map((each) => lineageMeter(each, { zone, period, now: ctx.now, lastDate })),
    camps: parts === null ? await campParts(ctx, scope) : null,
    check: parts && {
      metersWh: parts.meters.reduce((sum, { amounts }) => sum + amounts.energyWh, 0),
      ledgerWh: parts.ledgerWh,
    },
    corrections: lineageCorrections(ctx, scope),
    factors: { ...newest, gridRenewableFractions },
    factorSets,
    links: linksOf(asked, period, lastDate),
  };
}
