import { describe, expect, it } from 'vitest';
import { createDecoder } from '../../../ingest/decode/decoder.ts';
import { loadProfiles } from '../../../ingest/decode/profile-load.ts';
import type { Reading } from '#lib/energy/reading.ts';
import { demoRegistry } from '../../../ingest/simulator/demo-registry.ts';
import { History } from '../../../ingest/simulator/history.ts';
import { Live } from '../../../ingest/simulator/live.ts';
import { DAY_MS, QUARTER_MS, demoScenario } from '../../../ingest/simulator/scenario.ts';

const START = Date.UTC(2026, 2, 1);
const scenario = demoScenario({ startAt: START });
const NOON = START + 3 * DAY_MS + 11 * 3_600_000;

/** Live readings every `tickMs` and the quarter-hours between them, decoded as the worker decodes them, by meter. */
function listen(
  from: number,
  to: number,
  tickMs: number,
): { readings: Map<string, Reading[]>; reasons: Set<string> } {
  const decoder = createDecoder({
    registry: demoRegistry({ startAt: START }),
    profiles: loadProfiles(),
  });
  const history = new History(scenario);
  history.skipTo(from);
  const live = new Live(scenario, history);
  const readings = new Map<string, Reading[]>();
  const reasons = new Set<string>();
  const hear = (topic: string, payload: string, receivedAt: number) => {
    const decoded = decoder.decode({
      topic,
      payload: new TextEncoder().encode(payload),
      retain: false,
      receivedAt,
    });
    for (const { reason } of decoded.rejections) reasons.add(reason);
    for (const reading of decoded.readings) {
      const list = readings.get(reading.meter.key);
      if (list) list.push(reading);
      else readings.set(reading.meter.key, [reading]);
    }
  };
  for (let at = from + tickMs; at <= to; at += tickMs) {
    for (const item of history.upTo(at)) if (item.kind === 'message') hear(item.topic, item.payload, at);
    for (const { topic, payload } of live.between(at - tickMs, at)) hear(topic, payload, at);
  }
  return { readings, reasons };
}

describe('live readings', () => {
  const { readings, reasons } = listen(NOON, NOON + 3 * QUARTER_MS + 60_000, 250);

  it('are understood by the worker’s decoder, whatever device tells them, but for those that are wrong on purpose', () => {
    expect([...reasons].toSorted()).toEqual(['payload-not-json', 'time-missing']);
    for (const key of ['monusco/uvira/pv-1', 'unifil/tibnin/grid-1', 'unmiss/juba-un-house/genset-1']) {
      const newest = readings.get(key)?.at(-1)?.at ?? 0;
      expect(newest, key).toBeGreaterThan(NOON + 3 * QUARTER_MS + 50_000);
    }
  });

  it('come every two to five seconds from each meter', () => {
    const seconds = 3 * 900 + 60;
    const list = readings.get('unmiss/bor/genset-1') ?? [];
    expect(list.length).toBeGreaterThanOrEqual(seconds / 5);
    expect(list.length).toBeLessThanOrEqual(seconds / 2 + 4);
  });

  it('and the quarter-hours of history have registers that never fall where one goes over into the other', () => {
    let compared = 0;
    for (const [key, list] of readings) {
      const sorted = list.toSorted((a, b) => a.at - b.at);
      for (const name of ['energyForwardWh', 'energyReverseWh', 'fuelUsedL', 'runTimeS', 'starts'] as const) {
        let before = -Infinity;
        for (const { values } of sorted) {
          const value = values[name];
          if (value === undefined) continue;
          expect(value, `${key} ${name}`).toBeGreaterThanOrEqual(before);
          before = value;
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(50_000);
  });

  it('show the power at which the register grows', () => {
    const list = (readings.get('unmiss/juba-un-house/pv-1') ?? []).filter(
      ({ at }) => at > NOON && at < NOON + QUARTER_MS,
    );
    const [first, last] = [list[0], list.at(-1)];
    if (!first || !last) throw new Error('no readings');
    const meanW = list.reduce((sum, { values }) => sum + (values.activePowerW ?? 0), 0) / list.length;
    const grownWh = (last.values.energyForwardWh ?? 0) - (first.values.energyForwardWh ?? 0);
    expect((grownWh / (last.at - first.at)) * 3_600_000).toBeGreaterThan(meanW * 0.98);
    expect((grownWh / (last.at - first.at)) * 3_600_000).toBeLessThan(meanW * 1.02);
    expect(new Set(list.map(({ values }) => values.activePowerW)).size).toBeGreaterThan(20);
  });

  it('stop while a meter is silent, and what it recorded comes when it speaks again', () => {
    const list = readings.get('monusco/bukavu/hydro-1') ?? [];
    const late = list.filter(({ at }, index) => index > 0 && at < (list[index - 1]?.at ?? 0));
    const speaking = listen(START + 2 * 3_600_000, START + 3 * 3_600_000 + QUARTER_MS, 1000).readings;
    const hydro = speaking.get('monusco/bukavu/hydro-1') ?? [];
    const silent = hydro.filter(({ at }) => at > START + 2.5 * 3_600_000 && at < START + 3 * 3_600_000);
    expect(late.length).toBe(0);
    expect(silent.map(({ at }) => at)).toEqual([START + 2.75 * 3_600_000]);
    expect(hydro.map(({ at }) => at)).toContain(START + 2.5 * 3_600_000);
  });
});
