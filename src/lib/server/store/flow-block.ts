/** Empty blocks of flows for both adapters to fill: every place NaN until something is known of it. */
import { INTERVAL_MS } from '../../energy/interval.ts';
import type { MeterRef } from '../../energy/reading.ts';
import type { FlowBlock, TimeRange } from './store.ts';

/** Places of one block: a century of a meter would be 84 MB of nothing. */
const MOST_QUARTERS = 400 * 96;

/** Of the quarters that begin in `range`. @throws RangeError when these are more than 400 days */
export function emptyFlows(meter: MeterRef, { from, to }: TimeRange): FlowBlock {
  const start = Math.ceil(from / INTERVAL_MS) * INTERVAL_MS;
  const count = Math.max(0, Math.ceil((to - start) / INTERVAL_MS));
  if (count > MOST_QUARTERS)
    throw new RangeError(`flows of ${String(count)} quarters: ask for fewer at a time`);
  const unknown = () => new Float64Array(count).fill(Number.NaN);
  return { meter, start, forwardWh: unknown(), reverseWh: unknown(), coveredS: unknown() };
}
