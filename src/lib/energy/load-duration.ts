/**
 * Load duration: for how much of a period the demand was at least so high. Quarters of an hour, sorted by their
 * mean power, demand and diesel each for itself; from it the officer reads base load, peak, and how long the
 * gensets could rest. Only quarters that were metered take part: a silence flattens no curve.
 */

/** One quarter of an hour that was metered well enough. Mean W. */
export interface PowerQuarter {
  readonly demandW: number;
  readonly dieselW: number;
}

export interface DurationPoint {
  /** 0..1 of the time known */
  readonly time: number;
  /** W reached or exceeded for that part of the time */
  readonly demandW: number;
  readonly dieselW: number;
}

export interface LoadDuration {
  /** ascending by time, from the peak (0) to the base load (1) */
  readonly points: readonly DurationPoint[];
  readonly meanDemandW: number;
  /** mean over peak, 0..1 */
  readonly loadFactor: number | null;
  /** 0..1 of the time in which diesel gave less than {@link DIESEL_OFF_BELOW} of the demand's peak */
  readonly dieselOffTime: number;
  readonly quarters: number;
}

const STEPS = 100;
/** Below this part of the peak a genset's meter reads its own noise, not a running engine. */
export const DIESEL_OFF_BELOW = 0.005;

function descending(values: Iterable<number>): Float64Array {
  return Float64Array.from(values).sort().reverse();
}

/** Null without any quarter. Demand below nothing (a CT the wrong way round) stays as it is: it is a finding. */
export function loadDuration(quarters: readonly PowerQuarter[]): LoadDuration | null {
  if (quarters.length === 0) return null;
  const demand = descending(quarters.map(({ demandW }) => demandW));
  const diesel = descending(quarters.map(({ dieselW }) => dieselW));
  const last = quarters.length - 1;
  const at = (values: Float64Array, time: number): number => values[Math.round(time * last)] ?? 0;
  const peakW = at(demand, 0);
  const meanDemandW = demand.reduce((sum, watts) => sum + watts, 0) / demand.length;
  const running = diesel.findLastIndex((watts) => watts >= peakW * DIESEL_OFF_BELOW && watts > 0) + 1;
  return {
    points: Array.from({ length: STEPS + 1 }, (_, i) => {
      const time = i / STEPS;
      return { time, demandW: at(demand, time), dieselW: at(diesel, time) };
    }),
    meanDemandW,
    loadFactor: peakW > 0 ? meanDemandW / peakW : null,
    dieselOffTime: 1 - running / diesel.length,
    quarters: quarters.length,
  };
}
