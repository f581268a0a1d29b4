/**
 * What is wrong in a camp at this moment, the most urgent first: from what the meters say now and what the last hours
 * and days said. Pure; `finding-words.ts` says it to people.
 */
import {
  hoursUntilService,
  loadBand,
  RUNNING_ABOVE,
  SERVICE_INTERVALS_H,
  setsToSpare,
} from '#lib/energy/genset.ts';
import type { ServicePart } from '#lib/registry/service-form.ts';
import type { Serviced } from '#lib/registry/types.ts';
import { fuelLasts, type MeterView } from './meter-view.ts';

/** `alarm`: act now. `warning`: act today. `note`: when there is time. */
export type Urgency = 'alarm' | 'warning' | 'note';

export interface GensetHistory {
  readonly meter: string;
  readonly recentMeanW: number | null;
  readonly litresPerKWh: number | null;
  readonly curveLitresPerKWh: number | null;
  readonly fuelFallenL: number | null;
  readonly serviced: Serviced;
}

export interface CampToday {
  /** sources against loads; null where no load is metered */
  readonly balance: { readonly isFinding: boolean; readonly differenceShare: number } | null;
  /** Wh held back */
  readonly implausibleWh: number;
}

export type Finding = { readonly urgency: Urgency } & (
  | { readonly kind: 'fuel-fallen'; readonly meter: MeterView; readonly litres: number }
  | {
      readonly kind: 'fuel-low';
      readonly meter: MeterView;
      readonly hours: number;
      readonly isEstimate: boolean;
    }
  | {
      readonly kind: 'load-too-low' | 'load-low' | 'load-too-high';
      readonly meter: MeterView;
      readonly load: number;
    }
  | { readonly kind: 'silent'; readonly meter: MeterView; readonly ageMs: number | null }
  | { readonly kind: 'sets-to-spare'; readonly running: number; readonly spare: number }
  | { readonly kind: 'imbalance'; readonly share: number }
  | { readonly kind: 'implausible'; readonly energyWh: number }
  | {
      readonly kind: 'service';
      readonly meter: MeterView;
      readonly part: ServicePart;
      readonly hours: number;
    }
  | {
      readonly kind: 'thirsty';
      readonly meter: MeterView;
      readonly litresPerKWh: number;
      readonly curve: number;
    }
  | { readonly kind: 'unassigned'; readonly meter: MeterView }
);
export type FindingKind = Finding['kind'];

const FUEL_ALARM_H = 6;
const FUEL_WARNING_H = 24;
/** Running hours ahead at which a service is worth planning. */
const SERVICE_SOON_H = 25;
/** Over the default curve; below, the curve itself is no better known. */
const THIRSTY_FACTOR = 1.15;

const URGENCIES: readonly Urgency[] = ['alarm', 'warning', 'note'];
/** Within one urgency, what hurts first. */
const ORDER: readonly FindingKind[] = [
  'fuel-fallen',
  'fuel-low',
  'load-too-high',
  'load-too-low',
  'silent',
  'sets-to-spare',
  'load-low',
  'imbalance',
  'implausible',
  'thirsty',
  'service',
  'unassigned',
];

export function campFindings({
  meters,
  gensets,
  today,
}: {
  readonly meters: readonly MeterView[];
  readonly gensets: readonly GensetHistory[];
  readonly today: CampToday;
}): Finding[] {
  const found = [
    ...meters.flatMap((meter) =>
      meterFindings(
        meter,
        gensets.find((each) => each.meter === meter.meter),
      ),
    ),
    ...campWide(meters, today),
  ];
  const rank = ({ urgency, kind }: Finding) => URGENCIES.indexOf(urgency) * 100 + ORDER.indexOf(kind);
  return found.sort((a, b) => rank(a) - rank(b));
}

function meterFindings(meter: MeterView, history: GensetHistory | undefined): Finding[] {
  if (!meter.registered) return [{ urgency: 'note', kind: 'unassigned', meter }];
  const found: Finding[] = [];
  if (meter.isStale) found.push({ urgency: 'warning', kind: 'silent', meter, ageMs: meter.ageMs });
  if (meter.source !== 'diesel') return found;
  found.push(...loadFindings(meter, history?.recentMeanW ?? null), ...fuelFindings(meter, history));
  if (history !== undefined) found.push(...wearFindings(meter, history));
  return found;
}

export function isRunning({ isStale, powerW, ratedW }: MeterView): boolean {
  return !isStale && powerW !== null && powerW > (ratedW ?? 0) * RUNNING_ABOVE;
}

/** Judged by the last quarter of an hour where it is known: a set that starts passes through every band. */
function loadFindings(meter: MeterView, recentMeanW: number | null): Finding[] {
  const { ratedW, powerW } = meter;
  if (!isRunning(meter) || ratedW === null || powerW === null) return [];
  const activePowerW = recentMeanW ?? powerW;
  const load = activePowerW / ratedW;
  switch (loadBand({ activePowerW, ratedW })) {
    case 'too-low':
      return [{ urgency: 'alarm', kind: 'load-too-low', meter, load }];
    case 'low':
      return [{ urgency: 'warning', kind: 'load-low', meter, load }];
    case 'too-high':
      return [{ urgency: 'warning', kind: 'load-too-high', meter, load }];
    default:
      return [];
  }
}

function fuelFindings(meter: MeterView, history: GensetHistory | undefined): Finding[] {
  const found: Finding[] = [];
  const fallenL = history?.fuelFallenL ?? 0;
  if (fallenL > 0) found.push({ urgency: 'alarm', kind: 'fuel-fallen', meter, litres: fallenL });
  const lasts = fuelLasts(meter);
  if (lasts !== null && lasts.hours < FUEL_WARNING_H)
    found.push({
      urgency: lasts.hours < FUEL_ALARM_H ? 'alarm' : 'warning',
      kind: 'fuel-low',
      meter,
      ...lasts,
    });
  return found;
}

/** Hours until each service; null while the hour counter says nothing. */
export function servicesOf(
  { values }: MeterView,
  serviced: Serviced,
): Readonly<Record<ServicePart, number>> | null {
  if (values.runTimeS === undefined) return null;
  const runHours = values.runTimeS / 3600;
  const { oil, fuelFilter } = SERVICE_INTERVALS_H;
  return {
    oil: hoursUntilService({ runHours, lastAtH: serviced.oilAtH, intervalH: oil }),
    fuelFilter: hoursUntilService({ runHours, lastAtH: serviced.fuelFilterAtH, intervalH: fuelFilter }),
  };
}

function wearFindings(meter: MeterView, { litresPerKWh, curveLitresPerKWh: curve, serviced }: GensetHistory) {
  const found: Finding[] = [];
  const services = servicesOf(meter, serviced);
  const lastAtH = { oil: serviced.oilAtH, fuelFilter: serviced.fuelFilterAtH };
  for (const part of ['oil', 'fuelFilter'] as const) {
    const hours = services?.[part] ?? Infinity;
    // One that is only counted from full intervals is shown with the set, and calls nobody.
    if (lastAtH[part] !== undefined && hours <= SERVICE_SOON_H)
      found.push({ urgency: hours <= 0 ? 'warning' : 'note', kind: 'service', meter, part, hours });
  }
  if (litresPerKWh !== null && curve !== null && litresPerKWh > curve * THIRSTY_FACTOR)
    found.push({ urgency: 'note', kind: 'thirsty', meter, litresPerKWh, curve });
  return found;
}

function campWide(meters: readonly MeterView[], { balance, implausibleWh }: CampToday): Finding[] {
  const running = meters.flatMap((meter) =>
    meter.source === 'diesel' && isRunning(meter) && meter.ratedW !== null && meter.powerW !== null
      ? [{ powerW: meter.powerW, ratedW: meter.ratedW }]
      : [],
  );
  const spare = setsToSpare(running);
  return [
    ...(spare > 0
      ? [{ urgency: 'warning', kind: 'sets-to-spare', running: running.length, spare } as const]
      : []),
    ...(balance?.isFinding === true
      ? [{ urgency: 'warning', kind: 'imbalance', share: balance.differenceShare } as const]
      : []),
    ...(implausibleWh > 0
      ? [{ urgency: 'warning', kind: 'implausible', energyWh: implausibleWh } as const]
      : []),
  ];
}
