/**
 * The gensets of one camp: which of them run for the power asked of them, how they share it, and what they
 * burn. Sets start when the running ones near their rating and stop when one less would do with room to
 * spare; the lead changes every day, so that hours spread evenly.
 */
const START_ABOVE = 0.88;
const STOP_BELOW = 0.7;
/** No set is asked for less than this part of its rating; below, it would soot up. */
export const MINIMUM_LOAD = 0.3;

/** Litres per kWh at 25, 50, 75 and 100 % load, by rated kW: the default curves of the methodology. */
const CURVES: readonly (readonly [ratedKw: number, ...litresPerKwh: [number, number, number, number]])[] = [
  [20, 0.46, 0.34, 0.33, 0.31],
  [100, 0.39, 0.31, 0.29, 0.28],
  [500, 0.33, 0.28, 0.27, 0.27],
];

/** Litres an hour at 0, 25, 50, 75 and 100 % of `ratedW`; between the curves by the logarithm of the rating. */
export function fuelRatesLPerH(ratedW: number): Float64Array {
  const ratedKw = ratedW / 1000;
  const [small, middle, large] = CURVES as [(typeof CURVES)[0], (typeof CURVES)[0], (typeof CURVES)[0]];
  const [below, above] = ratedKw < middle[0] ? [small, middle] : [middle, large];
  const part = Math.min(1, Math.max(0, Math.log(ratedKw / below[0]) / Math.log(above[0] / below[0])));
  const rates = new Float64Array(5);
  for (let quarter = 1; quarter <= 4; quarter++) {
    const litresPerKwh = (below[quarter] ?? 0) * (1 - part) + (above[quarter] ?? 0) * part;
    rates[quarter] = litresPerKwh * ratedKw * (quarter / 4);
  }
  rates[0] = Math.max(0, 2 * (rates[1] ?? 0) - (rates[2] ?? 0));
  return rates;
}

/** Litres an hour at `loadFraction` (0..1) of the rating, from the five rates of {@link fuelRatesLPerH}. */
export function fuelRateLPerH(rates: Float64Array, loadFraction: number): number {
  const quarters = Math.min(4, Math.max(0, loadFraction * 4));
  const index = Math.min(3, Math.floor(quarters));
  const from = rates[index] ?? 0;
  return from + ((rates[index + 1] ?? 0) - from) * (quarters - index);
}

/** How many sets run, and the room they have; carried from step to step. */
export interface GensetRoom {
  /** rated W of each set, all sets alike or not, in order of their slugs */
  readonly ratedW: readonly number[];
  readonly minSets: number;
  running: number;
}

/** Rated W of the first `count` sets beginning with the day's lead. */
export function ratedOf(room: GensetRoom, lead: number, count: number): number {
  let sum = 0;
  for (let index = 0; index < count; index++) sum += room.ratedW[(lead + index) % room.ratedW.length] ?? 0;
  return sum;
}

/** Decides how many sets run for `demandW` > 0 and remembers it. */
export function commit(room: GensetRoom, lead: number, demandW: number): void {
  const most = room.ratedW.length;
  let needed = Math.min(most, Math.max(1, room.minSets));
  while (needed < most && demandW > START_ABOVE * ratedOf(room, lead, needed)) needed++;
  const isCloseCall = room.running > needed && demandW > STOP_BELOW * ratedOf(room, lead, room.running - 1);
  if (!isCloseCall) room.running = needed;
}
