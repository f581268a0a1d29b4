/**
 * Corrections: what holds of one meter instead of what it said, for a half-open range of time. Raw readings
 * are never changed; accounting applies the corrections in force while it reads them, as a pure function, so
 * that withdrawing one gives back exactly what was there before.
 *
 * - `exclude`: readings (of one quantity, or of all) are left out, as if the meter had not spoken.
 * - `confirm`: a jump beyond the rating that ends in the range is believed after all.
 * - `scale`: energy (registers and power) or fuel of the range counts so many times: a wrong CT ratio found late.
 * - `replace`: the range's energy is a known figure, spread evenly over its quarters of an hour.
 *
 *     scaled amount      = round(factor × register at the end) − round(factor × register at the beginning)
 *     replaced quarter i = ⌊figure × (i + 1) ÷ quarters⌋ − ⌊figure × i ÷ quarters⌋
 *
 * Registers are judged (falls, wraps) as the meter tells them; only what is counted is scaled, so the sums
 * telescope to the Wh under a scale too.
 */
import type { InstantRange } from './calendar.ts';
import { emptyInterval, FLAG, INTERVAL_MS, INTERVALS_PER_DAY, type EnergyInterval } from './interval.ts';
import type { Quantity } from './quantity.ts';
import type { Values } from './reading.ts';

export type CorrectionEffect =
  | {
      readonly kind: 'exclude';
      /** as the meter tells it, before `invert`; null for all */
      readonly quantity: Quantity | null;
    }
  | { readonly kind: 'confirm' }
  | { readonly kind: 'scale'; readonly of: 'energy' | 'fuel'; readonly factor: number }
  | {
      readonly kind: 'replace';
      /** read off by a person, or worked out */
      readonly known: 'manual' | 'estimated';
      /** whole Wh in the direction the meter's role serves */
      readonly energyWh?: number;
      /** whole Wh against it */
      readonly reverseWh?: number;
      /** whole mL */
      readonly fuelMl?: number;
    };

type Replacement = InstantRange & { readonly effect: Extract<CorrectionEffect, { kind: 'replace' }> };
type Exclusion = InstantRange & { readonly quantity: Quantity | null };
type Scale = InstantRange & { readonly factor: number };

/** What a correction does, and to which time. */
export interface Corrected extends InstantRange {
  readonly effect: CorrectionEffect;
}

/** One meter's corrections in force, sorted by what they do. Scales of one kind, and replacements, never overlap. */
export interface Overlay {
  readonly exclusions: readonly Exclusion[];
  readonly confirmations: readonly InstantRange[];
  readonly energyScales: readonly Scale[];
  readonly fuelScales: readonly Scale[];
  readonly replacements: readonly Replacement[];
}

/** Undefined without corrections: accounting then takes no notice of there being any. */
export function overlayOf(corrections: readonly Corrected[]): Overlay | undefined {
  if (corrections.length === 0) return undefined;
  const overlay = {
    exclusions: [] as Exclusion[],
    confirmations: [] as InstantRange[],
    energyScales: [] as Scale[],
    fuelScales: [] as Scale[],
    replacements: [] as Replacement[],
  };
  for (const { from, to, effect } of [...corrections].sort((a, b) => a.from - b.from)) {
    switch (effect.kind) {
      case 'exclude':
        overlay.exclusions.push({ from, to, quantity: effect.quantity });
        break;
      case 'confirm':
        overlay.confirmations.push({ from, to });
        break;
      case 'scale':
        overlay[effect.of === 'energy' ? 'energyScales' : 'fuelScales'].push({
          from,
          to,
          factor: effect.factor,
        });
        break;
      case 'replace':
        overlay.replacements.push({ from, to, effect });
    }
  }
  return overlay;
}

function holds({ from, to }: InstantRange, at: number): boolean {
  return at >= from && at < to;
}

/** Whether somebody believes the jump that ends with the reading at `at`. */
export function isConfirmed({ confirmations }: Overlay, at: number): boolean {
  return confirmations.some((range) => holds(range, at));
}

/** How many times what happens at `at` counts; 1 where nobody scales it. */
export function factorAt(scales: readonly Scale[], at: number): number {
  return scales.find((scale) => holds(scale, at))?.factor ?? 1;
}

/** A reading as it is to be accounted: without what is excluded, rates scaled where they were taken. */
export function correctedValues(at: number, values: Values, overlay: Overlay): Values {
  let held = values;
  for (const exclusion of overlay.exclusions) {
    if (!holds(exclusion, at)) continue;
    if (exclusion.quantity === null) return {};
    const { [exclusion.quantity]: _, ...rest } = held;
    held = rest;
  }
  const energy = factorAt(overlay.energyScales, at);
  const fuel = factorAt(overlay.fuelScales, at);
  const { activePowerW, fuelRateLPerH } = held;
  if (energy !== 1 && activePowerW !== undefined) held = { ...held, activePowerW: activePowerW * energy };
  if (fuel !== 1 && fuelRateLPerH !== undefined) held = { ...held, fuelRateLPerH: fuelRateLPerH * fuel };
  return held;
}

/** What a register added from one instant to another. */
export interface Rise {
  readonly fromAt: number;
  readonly toAt: number;
  /** whole Wh or mL, ≥ 0, as the register tells it */
  readonly amount: number;
  /** where the register stood at `fromAt` */
  readonly mark: number;
}

export interface ScaledRise {
  readonly fromAt: number;
  readonly toAt: number;
  readonly amount: number;
  readonly factor: number;
}

/** A rise cut where the factor changes, each part counted by its own. Adjacent rises add up without a rounding between them. */
export function scaleRise({ fromAt, toAt, amount, mark }: Rise, scales: readonly Scale[]): ScaledRise[] {
  const cuts = scales
    .flatMap(({ from, to }) => [from, to])
    .filter((at) => at > fromAt && at < toAt)
    .sort((a, b) => a - b);
  let startAt = fromAt;
  let start = mark;
  return [...cuts, toAt].map((endAt) => {
    const given =
      endAt === toAt ? amount : Math.min(amount, Math.floor((amount * (endAt - fromAt)) / (toAt - fromAt)));
    const end = mark + given;
    const factor = factorAt(scales, startAt);
    const part = {
      fromAt: startAt,
      toAt: endAt,
      amount: Math.round(factor * end) - Math.round(factor * start),
      factor,
    };
    startAt = endAt;
    start = end;
    return part;
  });
}

/** Whether a replacement reaches into a UTC day. */
export function replacesIn(overlay: Overlay | undefined, day: number): boolean {
  const first = day * INTERVALS_PER_DAY * INTERVAL_MS;
  return (
    overlay?.replacements.some(
      ({ from, to }) => from < first + INTERVALS_PER_DAY * INTERVAL_MS && to > first,
    ) ?? false
  );
}

/**
 * A UTC day's intervals with the replaced figures in place. Doing it twice, or adding metered energy in
 * between, gives the same: a replaced sum takes nothing from what was metered. What the readings vouched
 * for is not covered any more. The intervals given are left as they are.
 */
export function withReplacements(
  day: number,
  intervals: readonly (EnergyInterval | null)[],
  overlay: Overlay | undefined,
): (EnergyInterval | null)[] {
  const made = [...intervals];
  if (overlay === undefined || !replacesIn(overlay, day)) return made;
  const firstIndex = day * INTERVALS_PER_DAY;
  for (const { from, to, effect } of overlay.replacements) {
    const first = from / INTERVAL_MS;
    const count = to / INTERVAL_MS - first;
    const last = Math.min(first + count, firstIndex + INTERVALS_PER_DAY);
    for (let index = Math.max(first, firstIndex); index < last; index++) {
      const place = index - firstIndex;
      made[place] = replaced(made[place] ?? emptyInterval(), effect, { index: index - first, count });
    }
  }
  return made;
}

/** A quarter's part of a figure spread over `count` of them. */
function partOf(figure: number, { index, count }: { index: number; count: number }): number {
  return Math.floor((figure * (index + 1)) / count) - Math.floor((figure * index) / count);
}

function replaced(
  interval: EnergyInterval,
  { known, energyWh, reverseWh, fuelMl }: Replacement['effect'],
  place: { index: number; count: number },
): EnergyInterval {
  const held = { ...interval, flags: interval.flags | FLAG.corrected };
  if (energyWh !== undefined) {
    held.forwardWh = partOf(energyWh, place);
    held.recoveredWh = 0;
    held.estimatedWh = known === 'estimated' ? held.forwardWh : 0;
    held.manualWh = known === 'manual' ? held.forwardWh : 0;
    held.implausibleWh = 0;
    held.coveredS = 0;
  }
  if (reverseWh !== undefined) held.reverseWh = partOf(reverseWh, place);
  if (fuelMl !== undefined) held.fuelMl = partOf(fuelMl, place);
  return held;
}
