/** A meter of a camp as the live page shows it: what it is, what it said last, and how long ago. */
import { defaultLitresPerKWh } from '#lib/energy/factors.ts';
import { fuelHoursLeft } from '#lib/energy/genset.ts';
import type { Source } from '#lib/energy/source.ts';
import type { Values } from '#lib/energy/reading.ts';
import type { MeterSilence } from '#lib/energy/silence.ts';

/** What the registry says; does not change while the page is open. */
export interface MeterCard {
  readonly meter: string;
  readonly name: string;
  readonly source: Source | null;
  readonly ratedW: number | null;
  readonly tankL: number | null;
  readonly registered: boolean;
  /** ms of silence after which it counts as stale */
  readonly staleAfterMs: number;
  /** its device was known to have gone when the page was made; `since` in epoch ms */
  readonly gone: MeterSilence['silent'];
}

/** What it said last. `at` in epoch ms. */
export interface Latest {
  readonly at: number;
  readonly values: Values;
}

export interface MeterView extends MeterCard {
  /** W in the direction the role serves; null when it told none */
  readonly powerW: number | null;
  readonly values: Values;
  /** ms; null when it never spoke */
  readonly ageMs: number | null;
  readonly isStale: boolean;
}

export function viewMeter(card: MeterCard, latest: Latest | undefined, now: number): MeterView {
  const ageMs = latest === undefined ? null : Math.max(0, now - latest.at);
  const isGone = card.gone !== null && latest !== undefined && latest.at <= card.gone.since;
  return {
    ...card,
    values: latest?.values ?? {},
    powerW: latest?.values.activePowerW ?? null,
    ageMs,
    gone: isGone ? card.gone : null,
    isStale: ageMs === null || isGone || ageMs > card.staleAfterMs,
  };
}

/**
 * Hours that the fuel in the tank lasts at the present burn: the genset's own fuel rate, else its power at the
 * default consumption, and then an estimate. Null while it stands, is silent, or tells no level in litres.
 */
export function fuelLasts(meter: MeterView): { hours: number; isEstimate: boolean } | null {
  const levelL = fuelLevel(meter)?.litres ?? null;
  const { powerW, ratedW, isStale, values } = meter;
  if (levelL === null || isStale || powerW === null || powerW <= 0) return null;
  const rate = values.fuelRateLPerH ?? 0;
  const litresPerKWh = defaultLitresPerKWh({ ratedW: ratedW ?? undefined, meanPowerW: powerW });
  const burnLPerH = rate > 0 ? rate : (powerW / 1000) * litresPerKWh;
  const hours = fuelHoursLeft({ levelL, burnLPerH });
  return hours === null ? null : { hours, isEstimate: rate <= 0 };
}

/** Fuel in the tank: litres, and the fraction 0..1 where either is known. Null without a level. */
export function fuelLevel({
  values,
  tankL,
}: MeterView): { litres: number | null; fraction: number | null } | null {
  const { fuelLevelL, fuelLevelPct } = values;
  if (fuelLevelL === undefined && fuelLevelPct === undefined) return null;
  const fraction =
    fuelLevelPct !== undefined
      ? fuelLevelPct / 100
      : tankL !== null && tankL > 0
        ? (fuelLevelL ?? 0) / tankL
        : null;
  const litres = fuelLevelL ?? (tankL === null || fraction === null ? null : fraction * tankL);
  return { litres, fraction: fraction === null ? null : Math.min(1, Math.max(0, fraction)) };
}
