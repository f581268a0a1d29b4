/**
 * The newest value of each quantity, for devices that tell them one by one: their newest reading may be a voltage, and
 * says nothing of power. A value counts as long as its meter may be silent before that means something; each keeps the
 * time it was told at.
 */
import type { Quantity } from '../../energy/quantity.ts';
import { patienceMs } from '../../energy/silence.ts';
import type { ListedMeter } from './meters.ts';
import type { QueryContext } from './types.ts';

/** The meters, in the order given, each with all that it said last. For the rows of one page: reads each meter. @throws AppError */
export function withNewestValues(
  ctx: Pick<QueryContext, 'store'>,
  listed: readonly ListedMeter[],
): Promise<ListedMeter[]> {
  return Promise.all(listed.map((each) => withNewest(ctx, each)));
}

async function withNewest({ store }: Pick<QueryContext, 'store'>, listed: ListedMeter): Promise<ListedMeter> {
  const { ref, meter, seen, known } = listed;
  if (seen === undefined) return listed;
  const from = seen.lastAt - patienceMs(meter?.expectedIntervalS, known);
  const earlier = await store.readReadings(ref, { from, to: seen.lastAt });
  const lastValues = { ...seen.lastValues };
  const toldAt: Partial<Record<Quantity, number>> = {};
  for (const { at, values } of earlier.toReversed()) {
    for (const name in values) {
      const quantity = name as Quantity;
      const value = values[quantity];
      if (value === undefined || lastValues[quantity] !== undefined) continue;
      lastValues[quantity] = value;
      toldAt[quantity] = at;
    }
  }
  return { ...listed, seen: { ...seen, lastValues }, toldAt };
}
