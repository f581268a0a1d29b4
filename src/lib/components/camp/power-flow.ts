/**
 * The single-line picture of a camp at one instant: sources feed the busbar, loads draw from it, a battery does
 * either. Stale meters keep their place but count in no sum: an old value is not a present one. Pure.
 */
import { isSupplySource, RENEWABLE_SOURCES } from '#lib/energy/source.ts';
import type { MeterView } from './meter-view.ts';

export interface PowerFlow {
  readonly sources: readonly MeterView[];
  readonly batteries: readonly MeterView[];
  readonly loads: readonly MeterView[];
  /** W that the speaking sources deliver; null when none speaks */
  readonly supplyW: number | null;
  /** W that the speaking loads draw; null when none speaks */
  readonly demandW: number | null;
  /** 0..1 of the supply; null without supply */
  readonly renewableShare: number | null;
  /** source meters that are left out because they are silent */
  readonly silentSources: number;
}

/**
 * Exported power comes off every on-site source alike, so it cancels out of the share, and a grid that takes
 * power stands in neither part. A battery stands in neither part at any time.
 * @param gridFraction 0..1 of the grid's energy that counts as renewable
 */
export function powerFlow(meters: readonly MeterView[], gridFraction: number): PowerFlow {
  const sources = meters.filter(({ source }) => source !== null && isSupplySource(source));
  const loads = meters.filter(({ source }) => source === 'load');
  const speaking = sources.filter(isSpeaking);
  let totalW = 0;
  let renewableW = 0;
  for (const { source, powerW } of speaking) {
    const deliveredW = Math.max(0, powerW ?? 0);
    totalW += deliveredW;
    renewableW += deliveredW * renewableFraction(source, gridFraction);
  }
  const drawing = loads.filter(isSpeaking);
  return {
    sources,
    loads,
    batteries: meters.filter(({ source }) => source === 'battery'),
    supplyW: speaking.length === 0 ? null : totalW,
    demandW: drawing.length === 0 ? null : drawing.reduce((sum, { powerW }) => sum + (powerW ?? 0), 0),
    renewableShare: totalW > 0 ? renewableW / totalW : null,
    silentSources: sources.length - speaking.length,
  };
}

function isSpeaking({ isStale, powerW }: MeterView): boolean {
  return !isStale && powerW !== null;
}

function renewableFraction(source: MeterView['source'], gridFraction: number): number {
  if (source === 'grid') return gridFraction;
  return (RENEWABLE_SOURCES as readonly (string | null)[]).includes(source) ? 1 : 0;
}

/** Which way power flows past a meter: towards the busbar, away from it, or not at all. */
export function direction({ source, powerW, isStale }: MeterView): 'in' | 'out' | 'none' {
  // Below 50 W a line that moves would show noise, not power.
  if (isStale || powerW === null || Math.abs(powerW) < 50) return 'none';
  const isForward = powerW > 0;
  return (source === 'load') === isForward ? 'out' : 'in';
}
