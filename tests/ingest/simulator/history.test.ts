import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseRegistry } from '#lib/registry/parse.ts';
import { meterOf } from '#lib/registry/lookup.ts';
import { parseMeterKey } from '#lib/energy/reading.ts';
import { decodeNative, nativeMeter } from '../../../ingest/decode/native.ts';
import { DISTRIBUTION_LOSS } from '../../../ingest/simulator/camp-simulation.ts';
import { demoRegistry, demoRegistryYaml } from '../../../ingest/simulator/demo-registry.ts';
import { FAULTS } from '../../../ingest/simulator/faults.ts';
import { History, type Outgoing } from '../../../ingest/simulator/history.ts';
import {
  DAY_MS,
  QUARTER_MS,
  defaultStartAt,
  demoScenario,
  placeCamps,
} from '../../../ingest/simulator/scenario.ts';
import { momentOf, valuesAt } from '../../../ingest/simulator/values.ts';

const START = Date.UTC(2025, 8, 1);
const scenario = demoScenario({ startAt: START });

interface Told {
  at: number;
  [quantity: string]: number;
}

function messages(history: History, until: number): Outgoing[] {
  return [...history.upTo(until)].flatMap((item) => (item.kind === 'message' ? [item] : []));
}

/** Everything told by well-formed messages with a clock, by meter key, in the order of arrival. */
function tellings(until: number, seed = 1): Map<string, Told[]> {
  const told = new Map<string, Told[]>();
  for (const { topic, payload, readings } of messages(new History({ ...scenario, seed }), until)) {
    if (readings === 0) continue;
    const key = topic.slice('bluewatt/'.length, -'/reading'.length);
    let list = told.get(key);
    if (!list) told.set(key, (list = []));
    list.push(...(JSON.parse(payload) as Told[]));
  }
  return told;
}

function digest(history: History, until: number): string {
  const hash = createHash('sha256');
  for (const { topic, payload } of messages(history, until)) hash.update(`${topic} ${payload}\n`);
  return hash.digest('hex');
}

describe('the simulated history', () => {
  const until = START + 60 * DAY_MS + 10 * QUARTER_MS;
  const told = tellings(until);

  it('holds more than a hundred meters in eight missions', () => {
    const keys = placeCamps(scenario).flatMap(({ meters }) => meters.map(({ key }) => key));
    expect(keys.length).toBeGreaterThanOrEqual(110);
    expect(keys.length).toBeLessThanOrEqual(130);
    expect(new Set(keys).size).toBe(keys.length);
    expect(scenario.missions).toHaveLength(8);
  });

  it('tells every quarter-hour once, without a hole, for a meter without faults', () => {
    const instants = (told.get('unifil/naqoura/load-1') ?? []).map(({ at }) => at);
    expect(instants).toEqual(Array.from({ length: 60 * 96 + 11 }, (_, index) => START + index * QUARTER_MS));
  });

  it('has no hole on the days the clocks change', () => {
    // Beirut and Nicosia go back on the last Sunday of October 2025.
    const dayAt = Date.UTC(2025, 9, 26);
    for (const key of ['unifil/naqoura/pv-1', 'unifil/tibnin/pv-1', 'unficyp/nicosia-upa/grid-1']) {
      const day = (told.get(key) ?? []).filter(({ at }) => at >= dayAt - DAY_MS && at < dayAt + 2 * DAY_MS);
      expect(day.map(({ at }) => at)).toEqual(
        Array.from({ length: 3 * 96 }, (_, index) => dayAt - DAY_MS + index * QUARTER_MS),
      );
    }
  });

  it('has registers that never fall, but where the table of faults says so', () => {
    const falling = new Set<string>();
    for (const [key, list] of told) {
      const sorted = list.toSorted((a, b) => a.at - b.at);
      for (const name of ['energyForwardWh', 'energyReverseWh', 'fuelUsedL', 'runTimeS', 'starts']) {
        for (let index = 1; index < sorted.length; index++) {
          if ((sorted[index]?.[name] ?? 0) < (sorted[index - 1]?.[name] ?? 0)) falling.add(key);
        }
      }
    }
    expect([...falling]).toEqual(['minusca/bouar/pv-1']);
  });

  it('lets the register of a reset meter fall to 0 on its day', () => {
    const resets = FAULTS.filter(({ kind }) => kind === 'reset');
    expect(resets.length).toBeGreaterThan(0);
    const camps = placeCamps(scenario);
    for (const fault of resets) {
      const camp = camps.find(({ meters }) => meters.some(({ key }) => key === fault.meter));
      const track = camp?.meters.find(({ key }) => key === fault.meter);
      if (!camp || !track || fault.kind !== 'reset') throw new Error(`no meter ${fault.meter}`);
      while (camp.day() < fault.day) camp.nextDay();
      expect(track.day.forwardWh[31]).toBeGreaterThan(0);
      expect(track.day.forwardWh[32]).toBe(0);
    }
  });

  it('tells registers with at most one decimal and instants as whole milliseconds', () => {
    for (const list of told.values()) {
      for (const reading of list.slice(0, 50)) {
        for (const value of Object.values(reading)) expect(value).toBe(Number(value.toFixed(1)));
      }
    }
  });

  it('writes the same values as a live meter shows at the beginning of a quarter-hour', () => {
    const history = new History(scenario);
    const last = new Map<string, Told>();
    for (const { topic, payload, readings } of messages(history, START + 3 * DAY_MS - 1)) {
      if (readings > 1) last.set(topic, (JSON.parse(payload) as Told[]).at(-1) as Told);
    }
    let compared = 0;
    for (const { meters } of history.camps) {
      for (const track of meters) {
        const written = last.get(`bluewatt/${track.key}/reading`);
        if (written?.at !== START + 3 * DAY_MS - QUARTER_MS) continue;
        const { at: _, ...values } = written;
        expect(valuesAt(track, momentOf(7, 3 * 96 - 1, 0, 95))).toEqual(values);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(100);
  });

  it('is the same to the byte for the same seed, however often it was interrupted', () => {
    const whole = digest(new History(scenario), START + 12 * DAY_MS);
    expect(digest(new History(scenario), START + 12 * DAY_MS)).toBe(whole);
    expect(digest(new History({ ...scenario, seed: 2 }), START + 12 * DAY_MS)).not.toBe(whole);
  });

  it('tells after a restart exactly what it had not told before', () => {
    // Inside a silence of the solar meter in Juba, which ends with the ninth day.
    const stop = START + 8 * DAY_MS + 50 * QUARTER_MS;
    const end = START + 10 * DAY_MS;
    const readingsOf = (list: Outgoing[]) =>
      list.flatMap(({ topic, payload, readings }) =>
        readings === 0
          ? []
          : (JSON.parse(payload) as Told[]).map((told) => `${topic} ${JSON.stringify(told)}`),
      );
    const before = readingsOf(messages(new History(scenario), stop));
    const restarted = new History(scenario);
    restarted.skipTo(stop);
    const after = readingsOf(messages(restarted, end));
    const uninterrupted = readingsOf(messages(new History(scenario), end));
    expect([...before, ...after].toSorted()).toEqual(uninterrupted.toSorted());
  });

  it('keeps what a silent meter recorded and tells it late', () => {
    const list = told.get('unmiss/juba-un-house/pv-1') ?? [];
    const instants = list.map(({ at }) => at);
    expect(instants).not.toEqual(instants.toSorted((a, b) => a - b));
    expect(new Set(instants).size).toBe(60 * 96 + 11);
  });

  it('is read by the native decoder, but for what is wrong on purpose', () => {
    const rejected = new Map<string, Set<string>>();
    let readings = 0;
    for (const { topic, payload } of messages(new History(scenario), START + 31 * DAY_MS)) {
      const meter = nativeMeter(topic);
      if (meter === undefined || 'reason' in meter) throw new Error(`not a native topic: ${topic}`);
      const decoded = decodeNative(meter, {
        topic,
        payload: new TextEncoder().encode(payload),
        retain: false,
        receivedAt: START + 32 * DAY_MS,
      });
      expect(decoded.ignoredKeys).toBe(0);
      readings += decoded.readings.length;
      for (const { reason } of decoded.rejections) {
        rejected.set(meter.key, (rejected.get(meter.key) ?? new Set()).add(reason));
      }
    }
    expect(readings).toBeGreaterThan(300_000);
    expect(Object.fromEntries([...rejected].map(([key, reasons]) => [key, [...reasons]]))).toEqual({
      'minusca/bria/load-1': ['time-missing'],
      'unsos/kismayo/pv-1': ['payload-not-json'],
    });
  });
});

describe('the physics of the simulated camps', () => {
  const now = Date.UTC(2026, 10, 24);
  const camps = placeCamps(scenario);
  const days = (now - START) / DAY_MS;
  const year = new Map<string, { renewable: number; total: number }>();
  let worstImbalance = 0;
  const sums = { discharged: 0, charged: 0 };
  const idle: string[] = [];

  for (const camp of camps) {
    const { slug, gridRenewable } = camp.mission;
    const mission = year.get(slug) ?? { renewable: 0, total: 0 };
    year.set(slug, mission);
    const hasLoadMeters = camp.meters.some(({ plan }) => plan.source === 'load' && plan.isRegistered);
    const meterWh = new Map(camp.meters.map(({ key }) => [key, 0]));
    for (let day = 0; day < days; day++) {
      camp.nextDay();
      for (let step = 0; step < 96; step++) {
        const flow = { onSite: 0, diesel: 0, grid: 0, exported: 0, battery: 0, load: 0 };
        for (const { key, plan, day: values } of camp.meters) {
          const forward = values.forwardStepWh[step] ?? 0;
          const reverse = values.reverseStepWh[step] ?? 0;
          meterWh.set(key, (meterWh.get(key) ?? 0) + forward);
          if (plan.source === 'load') flow.load += plan.isRegistered ? forward : 0;
          else if (plan.source === 'battery') {
            flow.battery += forward - reverse;
            sums.discharged += forward;
            sums.charged += reverse;
          } else if (plan.source === 'grid') {
            flow.grid += forward;
            flow.exported += reverse;
          } else if (plan.source === 'diesel') flow.diesel += forward;
          else flow.onSite += forward;
        }
        const supply = flow.onSite + flow.diesel + flow.grid - flow.exported + flow.battery;
        if (hasLoadMeters) {
          worstImbalance = Math.max(worstImbalance, Math.abs(supply * (1 - DISTRIBUTION_LOSS) - flow.load));
        }
        if (day < days - 365) continue;
        const generated = flow.onSite + flow.diesel;
        const greenExport = generated > 0 ? (flow.exported * flow.onSite) / generated : 0;
        mission.renewable += flow.onSite - greenExport + flow.grid * gridRenewable;
        mission.total += generated + flow.grid - flow.exported;
      }
    }
    for (const [key, wh] of meterWh) if (wh <= 0) idle.push(key);
  }

  it('balances in every quarter-hour: sources − export + discharge − charge = loads + distribution loss', () => {
    // Each meter rounds to whole Wh; no camp has more than eight.
    expect(worstImbalance).toBeLessThan(8);
  });

  it('has batteries that give back nine tenths of what they took', () => {
    expect(sums.discharged / sums.charged).toBeGreaterThan(0.88);
    expect(sums.discharged / sums.charged).toBeLessThan(0.92);
  });

  it('leaves no meter idle for good', () => {
    expect(idle).toEqual([]);
  });

  it.each([
    ['monusco', 0.5, 0.6],
    ['unifil', 0.45, 0.53],
    ['unficyp', 0.28, 0.4],
    ['unsos', 0.22, 0.35],
    ['unmiss', 0.08, 0.18],
    ['minusca', 0.05, 0.14],
    ['undof', 0.04, 0.1],
    ['unisfa', 0.01, 0.03],
  ])('gives %s a renewable share between %d and %d over the last year', (slug, low, high) => {
    const { renewable, total } = year.get(slug) ?? { renewable: 0, total: 0 };
    expect(renewable / total).toBeGreaterThan(low);
    expect(renewable / total).toBeLessThan(high);
  });
});

describe('the demo registry', () => {
  const registry = demoRegistry({ startAt: START });

  it('is a registry file without problems or warnings', () => {
    const parsed = parseRegistry(demoRegistryYaml({ startAt: START }));
    expect(parsed).toEqual({ ok: true, registry, warnings: [] });
  });

  it('marks every mission as an example', () => {
    expect(Object.values(registry.missions).every(({ example }) => example === true)).toBe(true);
  });

  it('knows every meter that publishes but the one nobody entered', () => {
    const unknown = placeCamps(scenario)
      .flatMap(({ meters }) => meters.map(({ key }) => key))
      .filter((key) => {
        const ref = parseMeterKey(key);
        return ref === undefined || meterOf(registry, ref) === undefined;
      });
    expect(unknown).toEqual(['unsos/mogadishu/hospital']);
  });

  it('rates every meter so that nothing it measures looks implausible', () => {
    const camps = placeCamps(scenario);
    for (const camp of camps) {
      for (let day = 0; day < 30; day++) {
        camp.nextDay();
        for (const { key, plan, day: values } of camp.meters) {
          expect(Math.max(...values.forwardStepWh), key).toBeLessThanOrEqual((plan.ratedW / 4) * 1.2);
        }
      }
    }
  });

  it('names no fault of a meter that does not exist', () => {
    const keys = placeCamps(scenario).flatMap(({ meters }) => meters.map(({ key }) => key));
    for (const { meter } of FAULTS) {
      expect(
        keys.some((key) => key === meter || key.startsWith(`${meter}/`)),
        meter,
      ).toBe(true);
    }
  });
});

describe('the default start of the history', () => {
  it.each([
    ['2026-11-24T09:00:00Z', '2025-09-01'],
    ['2026-11-01T00:00:00Z', '2025-09-01'],
    ['2027-01-31T23:59:59Z', '2025-11-01'],
  ])('lies fourteen to fifteen months before %s', (now, start) => {
    expect(new Date(defaultStartAt(Date.parse(now))).toISOString().slice(0, 10)).toBe(start);
  });
});
