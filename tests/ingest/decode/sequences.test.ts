/**
 * Devices that are remembered between messages, played through by sequences nobody would write down: every message is
 * accounted for, no reading says what its device did not, and what is kept in mind stays bounded.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Quantity } from '#lib/energy/quantity.ts';
import type { Decoded } from '../../../ingest/decode/message.ts';
import { sparkplugPayload, type SparkplugMetric } from '../../support/sparkplug-payload.ts';
import { devices } from './devices-rig.ts';

type Rig = ReturnType<typeof devices>;

/** What a message may become: something, and nothing that is no number. */
function expectAccounted({ readings, rejections, ignoredKeys }: Decoded): void {
  expect(readings.length + rejections.length + ignoredKeys).toBeGreaterThan(0);
  for (const { values } of readings) {
    expect(Object.keys(values).length).toBeGreaterThan(0);
    for (const value of Object.values(values)) expect(Number.isFinite(value)).toBe(true);
  }
}

describe('A Victron GX, whatever it says in whatever order,', () => {
  const PATHS = ['Ac/Power', 'Ac/Frequency', 'Ac/L1/Voltage', 'Engine/Load'] as const;
  const QUANTITY: Readonly<Record<(typeof PATHS)[number], Quantity>> = {
    'Ac/Power': 'activePowerW',
    'Ac/Frequency': 'frequencyHz',
    'Ac/L1/Voltage': 'voltageL1V',
    'Engine/Load': 'loadPct',
  };
  const LOST_S = 30;

  interface Model {
    /** what holds, by path: the value that was told last and not taken back */
    readonly holds: Map<string, number>;
    atS: number;
    /** undefined: no heartbeat yet */
    beatS: number | undefined;
  }

  /** What was said before a silence of the heartbeat holds no more once somebody noticed it. */
  function pass(model: Model, rig: Rig, seconds: number): void {
    model.atS += seconds;
    rig.asked(model.atS);
    if (model.beatS === undefined || model.atS - model.beatS <= LOST_S) return;
    model.holds.clear();
    model.beatS = undefined;
  }

  class Tell implements fc.Command<Model, Rig> {
    readonly path: (typeof PATHS)[number];
    readonly value: number | null | 'gone';
    readonly seconds: number;
    constructor(path: (typeof PATHS)[number], value: number | null | 'gone', seconds: number) {
      this.path = path;
      this.value = value;
      this.seconds = seconds;
    }
    check = (): boolean => true;
    run(model: Model, rig: Rig): void {
      pass(model, rig, this.seconds);
      const body = this.value === 'gone' ? '' : { value: this.value };
      const decoded = rig.hear(model.atS, `N/p1/genset/40/${this.path}`, body);
      expectAccounted(decoded);
      if (typeof this.value === 'number') model.holds.set(this.path, this.value);
      else model.holds.delete(this.path);
      expect(decoded.readings.length).toBe(typeof this.value === 'number' ? 1 : 0);
      expectHeld(model, decoded);
    }
    toString = (): string => `tell(${this.path}, ${String(this.value)}, +${String(this.seconds)} s)`;
  }

  class Beat implements fc.Command<Model, Rig> {
    readonly seconds: number;
    readonly retain: boolean;
    constructor(seconds: number, retain: boolean) {
      this.seconds = seconds;
      this.retain = retain;
    }
    check = (): boolean => true;
    run(model: Model, rig: Rig): void {
      pass(model, rig, this.seconds);
      const decoded = rig.hear(model.atS, 'N/p1/heartbeat', { value: model.atS }, this.retain);
      expectAccounted(decoded);
      if (!this.retain) model.beatS = model.atS;
      expectHeld(model, decoded);
    }
    toString = (): string => `beat(+${String(this.seconds)} s${this.retain ? ', retained' : ''})`;
  }

  function expectHeld({ holds }: Model, { readings }: Decoded): void {
    for (const { values } of readings) {
      for (const path of PATHS) {
        const told = values[QUANTITY[path]];
        if (told !== undefined) expect(told).toBe(holds.get(path));
      }
    }
  }

  it('never has a value shown that was taken back, or that nobody vouches for any more', () => {
    const value = fc.oneof(fc.integer({ min: 0, max: 90 }), fc.constantFrom(null, 'gone' as const));
    const seconds = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 25, max: 70 }));
    const commands = fc.commands(
      [
        fc
          .tuple(fc.constantFrom(...PATHS), value, seconds)
          .map(([path, told, after]) => new Tell(path, told, after)),
        fc.tuple(seconds, fc.boolean()).map(([after, retain]) => new Beat(after, retain)),
      ],
      { maxCommands: 60 },
    );
    fc.assert(
      fc.property(commands, (all) => {
        const line = { profile: 'victron-gx', topic: 'N/p1', meter: '{service}-{instance}' };
        const setup = () => ({
          model: { holds: new Map(), atS: 0, beatS: undefined } as Model,
          real: devices([line]),
        });
        fc.modelRun(setup, all);
      }),
      { numRuns: 60 },
    );
  });
});

describe('Notifications of a Shelly, partial and in any order,', () => {
  const line = { profile: 'shelly-gen2', topic: 'pro3em', meter: 'pro3em' };
  const part = fc.record(
    {
      total_act_power: fc.oneof(fc.integer({ min: -9000, max: 9000 }), fc.constantFrom(null, 'x', true)),
      a_voltage: fc.oneof(fc.integer({ min: 200, max: 250 }), fc.constantFrom(null, '230.5', '230,5')),
      total_aprt_power: fc.integer({ min: 0, max: 9000 }),
    },
    { requiredKeys: [] },
  );
  const message = fc.record({
    isWhole: fc.boolean(),
    part,
    ts: fc.constantFrom(-3600, -60, 0, 3600, undefined),
    retain: fc.boolean(),
  });

  it('become readings of just the numbers they tell, each time', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 40 }), (messages) => {
        const { hear } = devices([line]);
        for (const [second, each] of messages.entries()) {
          const ts = each.ts === undefined ? undefined : 1_772_442_900 + second + each.ts;
          const decoded = each.isWhole
            ? hear(second, 'pro3em/status/em:0', { id: 0, ...each.part }, each.retain)
            : hear(second, 'pro3em/events/rpc', { params: { ts, 'em:0': each.part } }, each.retain);
          expectAccounted(decoded);
          const power = each.part.total_act_power;
          for (const { values } of decoded.readings) {
            expect(values.activePowerW).toBe(typeof power === 'number' ? power : undefined);
            expect(values.apparentPowerVA).toBe(each.part.total_aprt_power);
          }
          if (power === 'x' || power === true)
            expect(decoded.rejections.map(({ reason }) => reason)).toContain('value-not-a-number');
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('A Sparkplug node, born, dying and speaking in whatever order,', () => {
  const VERBS = ['NBIRTH', 'DBIRTH', 'DDATA', 'DDEATH', 'NDEATH'] as const;
  const step = fc.record({
    verb: fc.constantFrom(...VERBS),
    /** which of two births' numberings of aliases an edge node uses */
    numbering: fc.integer({ min: 0, max: 1 }),
    power: fc.integer({ min: 0, max: 1000 }),
    isGap: fc.boolean(),
  });

  it('is never read by an alias that its last birth did not define, and is asked no more than once a minute', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const line = { profile: 'sparkplug', topic: 'spBv1.0/b', meter: '{node}-{device}' };
        const { hear, asked } = devices([line]);
        let seq = 0;
        let isNodeAlive = false;
        // The aliases in force, as the device's last birth has them; undefined: none.
        let aliases: number | undefined;
        let requests = 0;
        for (const [second, { verb, numbering, power, isGap }] of steps.entries()) {
          seq = verb === 'NBIRTH' ? 0 : (seq + (isGap ? 2 : 1)) % 256;
          const metrics: readonly SparkplugMetric[] =
            verb === 'DBIRTH'
              ? [
                  { name: 'activePowerW', alias: numbering, datatype: 9, float: power },
                  { name: 'frequencyHz', alias: 1 - numbering, datatype: 9, float: 50 },
                ]
              : verb === 'DDATA'
                ? [{ alias: 0, float: power }]
                : [];
          const topic = `spBv1.0/b/${verb}/gw${verb.startsWith('D') ? '/set' : ''}`;
          const decoded = hear(
            second,
            topic,
            sparkplugPayload({ seq, metrics, timestamp: Date.parse('2026-03-02T09:15:00Z') + second * 1000 }),
          );
          expectAccounted(decoded);
          if (verb === 'NBIRTH') [isNodeAlive, aliases] = [true, undefined];
          else if (verb === 'NDEATH') [isNodeAlive, aliases] = [false, undefined];
          else if (verb === 'DDEATH') aliases = undefined;
          else if (verb === 'DBIRTH' && isNodeAlive) aliases = numbering;
          if (verb === 'DDATA') {
            const name = aliases === 0 ? 'activePowerW' : 'frequencyHz';
            const read = decoded.readings.map(({ values }) => values);
            if (aliases === undefined)
              expect([read, decoded.rejections[0]?.reason]).toEqual([[], 'birth-missing']);
            else expect(read).toEqual([{ [name]: power }]);
          }
          requests += asked(second).length;
        }
        expect(requests).toBeLessThanOrEqual(1);
      }),
      { numRuns: 200 },
    );
  });
});

describe('What is remembered of devices', () => {
  it('stays bounded while whoever likes invents portals, topics, nodes and aliases', () => {
    const rig = devices([
      { profile: 'victron-gx', topic: 'N/#', meter: '{portal}-{service}-{instance}' },
      { profile: 'sparkplug', topic: 'spBv1.0/#', meter: '{node}-{device}' },
    ]);
    for (let index = 0; index < 3_000; index += 1) {
      rig.hear(1, `N/p${String(index)}/heartbeat`, { value: 1 });
      rig.hear(1, `N/p${String(index)}/genset/1/Ac/Power`, { value: 1 });
      rig.hear(
        1,
        `spBv1.0/g/NDATA/n${String(index)}`,
        sparkplugPayload({ seq: 5, metrics: [{ alias: 9, float: 1 }] }),
      );
    }
    // A thousand portals are asked, and two thousand nodes: no more, whatever comes.
    const topics = rig.asked(4).map(([topic]) => topic);
    expect(topics.filter((topic) => topic.startsWith('R/'))).toHaveLength(1_000);
    expect(topics.filter((topic) => topic.startsWith('spBv1.0/'))).toHaveLength(2_000);
  });
});
