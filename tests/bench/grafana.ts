/**
 * The same answers asked of raw readings by InfluxQL, as a dashboard panel without accounts asks them: `mean` of
 * power and `difference` of registers by day. A camp's raw week is what can be loaded in a benchmark; more
 * meters and days are that week's time multiplied, and said to be so.
 */
import { meterRef, type Reading } from '#lib/energy/reading.ts';
import type { Store } from '#lib/server/store/store.ts';
import { median } from './measure.ts';
import { METERS_PER_CAMP } from './ledger-fixture.ts';

export const RAW_DAYS = 7;
const READINGS_PER_DAY = 1_440;
const MINUTE_MS = 60_000;

/** One reading a minute of the camp's ten meters; returns how many. @throws AppError */
export async function fillRaw(
  store: Store,
  { mission, camp, from }: { mission: string; camp: string; from: number },
): Promise<number> {
  for (let index = 0; index < METERS_PER_CAMP; index += 1) {
    const meter = meterRef(mission, camp, `meter-${String(index)}`);
    const readings = Array.from({ length: RAW_DAYS * READINGS_PER_DAY }, (_, minute): Reading => ({
      meter,
      at: from + minute * MINUTE_MS,
      values: { activePowerW: 90_000 + (minute % 97), energyForwardWh: minute * 1_500 },
    }));
    for (let i = 0; i < readings.length; i += 5_000) await store.writeReadings(readings.slice(i, i + 5_000));
  }
  return METERS_PER_CAMP * RAW_DAYS * READINGS_PER_DAY;
}

const PANELS = [
  `SELECT mean("activePowerW") FROM "reading" WHERE $when GROUP BY time(1d), "meter"`,
  `SELECT difference(last("energyForwardWh")) FROM "reading" WHERE $when GROUP BY time(1d), "meter"`,
];

/** ms that both panels take for that week of that camp: the median of `rounds`. */
export async function askRaw(
  httpUrl: string,
  { mission, camp, from, rounds }: { mission: string; camp: string; from: number; rounds: number },
): Promise<number> {
  const until = from + RAW_DAYS * READINGS_PER_DAY * MINUTE_MS;
  const when = `"mission"='${mission}' AND "camp"='${camp}' AND time >= ${String(from)}ms AND time < ${String(until)}ms`;
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    for (const panel of PANELS) {
      const asked = encodeURIComponent(panel.replace('$when', when));
      const answer = await fetch(`${httpUrl}/query?db=bluewatt&epoch=ms&q=${asked}`);
      const text = await answer.text();
      if (!answer.ok || !text.includes('"values"')) throw new Error(`InfluxDB: ${text.slice(0, 200)}`);
    }
    times.push(performance.now() - startedAt);
  }
  return median(times);
}
