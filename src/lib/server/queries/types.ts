/**
 * The answers that pages and /api/v1 share: one calculation serves card, chart, table, export and API.
 * Energy in Wh, shares 0..1 or null (no data → no share, never 0), local dates `YYYY-MM-DD`.
 */
import type { Balance } from '../../energy/balance.ts';
import type { FactorSet } from '../../energy/factors.ts';
import type { ShareStatus } from '../../energy/coverage.ts';
import type { Correction } from '../../registry/correction.ts';
import type { Registry } from '../../registry/types.ts';
import type { OnCourse } from '../../energy/on-course.ts';
import type { GroupPerCapita } from '../../energy/per-capita.ts';
import type { SupplySource } from '../../energy/source.ts';
import type { MeterSilence } from '../../energy/silence.ts';
import type { ChangePart } from '../../energy/what-changed.ts';
import type { SignedFuelRecord } from '../../registry/fuel-record.ts';
import type { Store } from '../store/store.ts';
import type { MeterNow } from './meter-types.ts';

/** All that a query may depend on. Time is an argument, so that a test decides what day it is. */
export interface QueryContext {
  readonly store: Store;
  readonly registry: Registry;
  /** in force; none where nobody asks about them */
  readonly corrections?: readonly Correction[];
  /** what the worker knows of silent meters, by meter key; none where nobody asks about them */
  readonly silences?: ReadonlyMap<string, MeterSilence>;
  /** fuel that people wrote down, in force; none where nobody asks about it */
  readonly fuelRecords?: readonly SignedFuelRecord[];
  /** emission factors, ascending by `from`; those of energy/factors.ts where nothing else is said */
  readonly factorSets?: readonly FactorSet[];
  /** epoch ms, UTC */
  readonly now: number;
}

export interface Period {
  readonly from: string;
  /** inclusive */
  readonly to: string;
}

export type { ShareStatus };

export interface ElectricityWh {
  readonly total: number;
  readonly solar: number;
  readonly wind: number;
  readonly hydro: number;
  readonly diesel: number;
  readonly grid: number;
  readonly gridRenewable: number;
  readonly exported: number;
}

export interface TargetPoint {
  /** the next year a target is set for */
  readonly year: number;
  /** the target itself, 0..1 */
  readonly share: number;
  /** where the straight line between the targets stands in the year the period ends in */
  readonly pathShare: number;
  /** true when the period's year is one a target was adopted for; false when interpolated */
  readonly official: boolean;
}

export interface QualityWh {
  readonly measuredWh: number;
  readonly recoveredWh: number;
  readonly estimatedWh: number;
  readonly manualWh: number;
}

/** What is said of any group of meters (a mission or a camp) over a period. */
export interface EnergySummary {
  readonly electricityWh: ElectricityWh;
  readonly renewableShare: number | null;
  readonly onSiteRenewableShare: number | null;
  readonly dieselShare: number | null;
  readonly target: TargetPoint | null;
  /** percentage points: (renewableShare − pathShare) × 100 */
  readonly gapPp: number | null;
  /** metered */
  readonly fuelL: number;
  /** from the default curves, for gensets whose fuel nobody meters; `ghgKg` counts it too and is then an estimate */
  readonly estimatedFuelL: number;
  readonly ghgKg: number;
  /** version of the emission factors `ghgKg` is made with; all of them, `old + new`, where a set began within the period */
  readonly factorSet: string;
  /** 0..1; null when nothing is expected */
  readonly coverage: number | null;
  readonly quality: QualityWh;
  /** Wh beyond what the ratings allow, held back from every figure above until somebody confirms them */
  readonly implausibleWh: number;
  readonly status: ShareStatus;
  /** the first local date out of service, when all of its meters had gone out of it by the period's end so far */
  readonly closedOn: string | null;
  /** people × days so far; null where a headcount is missing */
  readonly personDays: number | null;
  /** withheld, with the reason, where a headcount is missing or stale */
  readonly perCapita: GroupPerCapita;
}

export interface MissionSummary extends EnergySummary {
  readonly mission: string;
  readonly name: string;
  readonly example: boolean;
  /** of a closed mission: the last twelve months before it closed, whatever the period asked for */
  readonly finalYear: FinalYear | null;
}

/** What stays of a closed mission. */
export interface FinalYear {
  readonly period: Period;
  readonly electricityWh: ElectricityWh;
  readonly renewableShare: number | null;
  readonly onSiteRenewableShare: number | null;
  readonly dieselShare: number | null;
  readonly fuelL: number;
  readonly ghgKg: number;
  readonly factorSet: string;
}

export interface CampSummary extends EnergySummary {
  readonly mission: string;
  readonly camp: string;
  readonly name: string;
  /** sources against loads; null where no load is metered */
  readonly balance: Balance | null;
}

export interface MissionsAnswer {
  readonly period: Period;
  /** versions of the emission factors of all the missions; each has its own */
  readonly factorSet: string;
  /** ranked: the worst gap first, withheld and no-data last */
  readonly missions: readonly MissionSummary[];
}

export interface CampsAnswer {
  readonly mission: string;
  readonly period: Period;
  readonly factorSet: string;
  readonly camps: readonly CampSummary[];
}

export type EnergyStep = '15m' | '1h' | '1d' | '1mo';

export interface EnergyBucket {
  /** RFC 3339 of the bucket's first instant, with the mission's offset */
  readonly start: string;
  readonly end: string;
  readonly electricityWh: ElectricityWh;
  readonly battery: { readonly chargedWh: number; readonly dischargedWh: number };
  readonly loadWh: number;
  readonly renewableShare: number | null;
  readonly onSiteRenewableShare: number | null;
  readonly dieselShare: number | null;
  /** the target path at the end of the bucket; null where no target applies */
  readonly pathShare: number | null;
  readonly fuelL: number;
  readonly estimatedFuelL: number;
  readonly ghgKg: number;
  /** version of the emission factors `ghgKg` is made with, as of a summary */
  readonly factorSet: string;
  readonly coverage: number | null;
  readonly quality: QualityWh;
}

export interface EnergyAnswer {
  readonly mission: string;
  readonly zone: string;
  readonly period: Period;
  readonly step: EnergyStep;
  /** version of the emission factors of `summary`; each bucket has its own */
  readonly factorSet: string;
  /** the same buckets as one array per source, for those who plot */
  readonly series: Readonly<Record<SupplySource, readonly (number | null)[]>>;
  readonly buckets: readonly EnergyBucket[];
  readonly summary: MissionSummary;
}

/** The same of one camp. */
export interface CampEnergyAnswer extends Omit<EnergyAnswer, 'summary'> {
  readonly camp: string;
  readonly summary: CampSummary;
}

/** What a period is compared with: as many days just before it, or the same dates a year earlier. */
export type ChangeAgainst = 'before' | 'year';

export interface ChangeSide {
  readonly period: Period;
  readonly renewableShare: number | null;
  readonly coverage: number | null;
  readonly status: ShareStatus;
  /** over the time any supply meter was in service; null without energy */
  readonly meanPowerW: number | null;
  /** days of the period, up to now, in which any supply meter was in service */
  readonly servedDays: number;
}

export interface ChangeAnswer {
  readonly against: ChangeAgainst;
  readonly before: ChangeSide;
  /** the period asked for, as far as it has come */
  readonly now: ChangeSide;
  /** percentage points that add up to the difference; null when one of the two has no energy */
  readonly parts: readonly ChangePart[] | null;
}

export interface CampNow {
  readonly mission: string;
  readonly camp: string;
  readonly name: string;
  readonly zone: string;
  readonly example: boolean;
  /** the instant this is true of, RFC 3339 with the mission's offset */
  readonly at: string;
  readonly meters: readonly MeterNow[];
  /** today so far, in the mission's zone */
  readonly today: CampSummary;
}

export interface MonthShare {
  /** `YYYY-MM` */
  readonly month: string;
  readonly renewableShare: number | null;
  readonly totalWh: number;
}

/** What the past months say of the years to come: sparkline, trend, on course or not. */
export interface MissionTrend {
  readonly mission: string;
  readonly name: string;
  /** the last 24 complete months, ascending */
  readonly months: readonly MonthShare[];
  /** the first local date out of service of a closed mission: it is not judged any more */
  readonly closedOn: string | null;
  readonly course: OnCourse;
}
