/**
 * Writes a batch of readings by several requests at once: most of a write is waiting (for the line, InfluxDB's parser, its
 * log on disk). A meter's readings always go by the same request, so that of two values for one instant the later one wins.
 */
import type { MeterRef, Reading } from '../../../energy/reading.ts';
import { createSieve } from '../acceptable.ts';
import type { RejectedPoint, Store } from '../store.ts';
import { createReadingEncoder } from './line-protocol.ts';
import type { LineWriter } from './write.ts';

const LANES = 2;
/** A batch this small is one request: a second would cost more than it saves. */
const ONE_LANE_MAX = 1_000;

export function createReadingWriter(writeLines: LineWriter): Store['writeReadings'] {
  const encode = createReadingEncoder();
  const sieve = createSieve();

  async function writeLane(readings: readonly Reading[]): Promise<RejectedPoint[]> {
    const refused = await writeLines(readings.map(encode));
    return refused.flatMap(({ index, reason }) => {
      const reading = readings[index];
      return reading === undefined ? [] : [{ reading, reason }];
    });
  }

  return async (readings) => {
    const { accepted, rejected } = sieve(readings);
    const lanes = accepted.length > ONE_LANE_MAX ? inLanes(accepted) : [accepted];
    // All must have ended before a failure is told: what is tried again must not meet what is still under way.
    for (const ended of await Promise.allSettled(lanes.map(writeLane))) {
      if (ended.status === 'rejected') throw ended.reason;
      rejected.push(...ended.value);
    }
    return { rejected };
  };
}

function inLanes(readings: readonly Reading[]): Reading[][] {
  const lanes = Array.from({ length: LANES }, (): Reading[] => []);
  const laneOf = new Map<MeterRef['key'], Reading[]>();
  for (const reading of readings) {
    const { key } = reading.meter;
    let lane = laneOf.get(key);
    if (lane === undefined) {
      // Meters in turn, as they appear in the batch.
      lane = lanes[laneOf.size % LANES] ?? [];
      laneOf.set(key, lane);
    }
    lane.push(reading);
  }
  return lanes.filter((lane) => lane.length > 0);
}
