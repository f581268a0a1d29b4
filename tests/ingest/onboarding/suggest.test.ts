import { describe, expect, it } from 'vitest';
import { decodeAlone, sampleMessage } from '../../../ingest/decode/sample.ts';
import { parseProfile } from '../../../ingest/decode/profile-load.ts';
import { Announcements } from '../../../ingest/onboarding/suggest/home-assistant.ts';
import { suggestProfile, type Suggestion } from '../../../ingest/onboarding/suggest/suggest.ts';
import { TopicGroups } from '../../../ingest/onboarding/topic-groups.ts';
import { sparkplugPayload } from '../../support/sparkplug-payload.ts';
import { encodePack } from '../decode/cbor-encoder.ts';

const START = Date.parse('2026-11-24T12:00:00Z');
type Sent = readonly [topic: string, payload: unknown, afterS?: number];

function message([topic, payload, afterS = 0]: Sent) {
  const isRaw = typeof payload === 'string' || payload instanceof Uint8Array;
  const body = Buffer.from(isRaw ? (payload as string) : JSON.stringify(payload));
  return { topic, payload: body, retain: false, receivedAt: START + afterS * 1_000 };
}

function suggestionFor(
  sent: readonly Sent[],
  answers: Record<string, string> = {},
  discovery: readonly Sent[] = [],
) {
  const groups = new TopicGroups();
  const announcements = new Announcements();
  for (const each of discovery) announcements.note(message(each));
  for (const each of sent) groups.note(message(each), true);
  const [group] = groups.list(START + 60_000);
  if (group === undefined) throw new Error('nothing was sent');
  return suggestProfile(
    group,
    announcements.list(),
    Object.entries(answers).map((pair) => pair.join('=')),
  );
}

/** What the suggested profile, saved as it is, makes of its samples. */
function readingsOf({ yaml }: Suggestion): Record<string, Record<string, number>> {
  const parsed = parseProfile(yaml ?? '', 'suggested.yaml');
  if (!parsed.ok) throw new Error(`${parsed.problems.join('\n')}\n${yaml ?? ''}`);
  const merged: Record<string, Record<string, number>> = {};
  for (const sample of parsed.profile.samples) {
    const { readings, rejections } = decodeAlone(parsed.profile, sampleMessage(sample));
    expect(rejections).toEqual([]);
    expect(readings.map(({ meter }) => meter.meter)).toEqual(sample.expect.map(({ meter }) => meter));
    for (const { meter, values } of readings) merged[meter.meter] = { ...merged[meter.meter], ...values };
  }
  return merged;
}

const codes = ({ reasons }: Suggestion) => reasons.map(({ code }) => code);
const open = ({ questions }: Suggestion) =>
  questions.filter(({ answer }) => answer === undefined).map(({ id }) => id);

describe('a suggested profile', () => {
  it('is found by names that tell their units', () => {
    const found = suggestionFor([
      ['acme/pv-7/state', { power_kW: 12.5, energy_total_kWh: 104.2, voltage_V: 231, uptime: 5 }],
    ]);
    expect(found).toMatchObject({ confidence: 'high', questions: [] });
    expect(readingsOf(found)).toEqual({
      'pv-7': { activePowerW: 12_500, energyForwardWh: 104_200, voltageV: 231 },
    });
    expect(found.yaml).toContain('topic: "acme/{device}/state"');
    expect(found.yaml).toContain('register: persistent');
  });

  it('puts phases in their place, takes the total and leaves the phases’ powers out', () => {
    const payload = {
      id: 0,
      a_voltage: 230.1,
      b_voltage: 231.2,
      c_voltage: 229.9,
      a_act_power: 10,
      b_act_power: 20,
      c_act_power: 30,
      total_act_power_w: 60,
      total_act_energy_wh: 5000,
    };
    const found = suggestionFor([['camp/em-1/live', payload]]);
    expect(readingsOf(found)).toEqual({
      'em-1': {
        activePowerW: 60,
        energyForwardWh: 5000,
        voltageL1V: 230.1,
        voltageL2V: 231.2,
        voltageL3V: 229.9,
      },
    });
    expect(codes(found)).toContain('phases-left');
  });

  it('spreads arrays of the three phases', () => {
    const found = suggestionFor([['x/meter9/data', { U: [230, 231, 232], P_kW: 4 }]]);
    expect(readingsOf(found)).toEqual({
      meter9: { activePowerW: 4_000, voltageL1V: 230, voltageL2V: 231, voltageL3V: 232 },
    });
  });

  it('asks before it adds phases up', () => {
    const sent: Sent[] = [
      ['x/meter9/data', { L1: { power_w: 100 }, L2: { power_w: 200 }, L3: { power_w: 300 } }],
    ];
    const asked = suggestionFor(sent);
    expect(asked).toMatchObject({ yaml: undefined, confidence: 'low' });
    expect(asked.questions).toMatchObject([
      { code: 'sum', quantity: 'activePowerW', shown: [100, 200, 300] },
    ]);
    const answered = suggestionFor(sent, { [asked.questions[0]?.id ?? '']: 'sum' });
    expect(readingsOf(answered)).toEqual({ meter9: { activePowerW: 600 } });
    expect(answered.confidence).toBe('high');
  });

  it('asks for a unit that nothing tells, and takes the answer', () => {
    const sent: Sent[] = [['x/meter9/data', { energy: 1234.5, voltage: 230 }]];
    const asked = suggestionFor(sent);
    expect(open(asked)).toEqual(['unit /energy']);
    expect(asked.questions[0]).toMatchObject({
      shown: [1234.5],
      options: ['kWh', 'Wh', 'dkWh', 'MWh', 'Ws'],
    });
    expect(asked.yaml).not.toContain('energyForwardWh');
    expect(readingsOf(suggestionFor(sent, { 'unit /energy': 'kWh' }))).toEqual({
      meter9: { energyForwardWh: 1_234_500, voltageV: 230 },
    });
    expect(open(suggestionFor(sent, { 'unit /energy': 'furlong' }))).toEqual(['unit /energy']);
  });

  it('knows a register’s unit by the power that flowed meanwhile', () => {
    const at = (s: number, energy: number): Sent => ['x/meter9/data', { power_w: 6_000, energy }, s];
    const found = suggestionFor([at(0, 500), at(30, 500.05), at(60, 500.1)]);
    expect(found).toMatchObject({ confidence: 'medium', questions: [] });
    expect(codes(found)).toContain('power-time');
    expect(readingsOf(found)['meter9']).toEqual({ activePowerW: 6_000, energyForwardWh: 500_100 });
  });

  it('knows a power’s unit by voltage and current', () => {
    const found = suggestionFor([['x/meter9/data', { power: 2.2, voltage_v: 230, current_a: 10 }]]);
    expect(readingsOf(found)['meter9']).toEqual({ activePowerW: 2_200, voltageV: 230, currentL1A: 10 });
    expect(codes(found)).toContain('volt-ampere');
  });

  it('takes units beside a value, or written after it', () => {
    const payload = {
      power: { value: 3.5, unit: 'kW' },
      Energy: '12.5 kWh',
      temperature: { value: 31, unit: '°C' },
    };
    const found = suggestionFor([['x/meter9/data', payload]]);
    expect(found.confidence).toBe('high');
    expect(readingsOf(found)).toEqual({
      meter9: { activePowerW: 3_500, energyForwardWh: 12_500, temperatureC: 31 },
    });
  });

  it('asks which of several powers is meant', () => {
    const sent: Sent[] = [['x/meter9/data', { grid_power_w: 10, pv_power_w: 20 }]];
    const asked = suggestionFor(sent);
    expect(asked.questions).toMatchObject([{ code: 'which', options: ['/grid_power_w', '/pv_power_w'] }]);
    expect(readingsOf(suggestionFor(sent, { 'which activePowerW': '/pv_power_w' }))).toEqual({
      meter9: { activePowerW: 20 },
    });
  });

  it('prefers a lasting register to a day’s, and takes a day’s as what it is', () => {
    const both = suggestionFor([['x/meter9/data', { energy_today_kwh: 3, energy_total_kwh: 300 }]]);
    expect(readingsOf(both)).toEqual({ meter9: { energyForwardWh: 300_000 } });
    const daily = suggestionFor([['x/meter9/data', { energy_today_kwh: 3 }]]);
    expect(daily.yaml).toContain('register: daily');
  });

  it('takes scalar topics that belong together as one device', () => {
    const sent = (device: string): Sent[] => [
      [`plant/${device}/power_w`, '231.5'],
      [`plant/${device}/energy_kwh`, '12.5'],
      [`plant/${device}/voltage`, '229.8 V'],
      [`plant/${device}/name`, 'kitchen'],
    ];
    const found = suggestionFor([...sent('dev-1'), ...sent('dev-2')]);
    expect(found.yaml).toContain('topic: "plant/{device}/{value=power_w|energy_kwh|voltage}"');
    expect(readingsOf(found)['dev-2']).toEqual({
      activePowerW: 231.5,
      energyForwardWh: 12_500,
      voltageV: 229.8,
    });
  });

  it('finds the parts of a gateway, by key and by a member of a list', () => {
    const keyed = suggestionFor([['gw/g-1/all', { modules: { '1': { kW: 1 }, '2': { kW: 2 } } }]]);
    expect(readingsOf(keyed)).toEqual({ 'g-1-1': { activePowerW: 1_000 }, 'g-1-2': { activePowerW: 2_000 } });
    const listed = suggestionFor([
      [
        'gw/g-1/all',
        {
          meters: [
            { id: 'a', p_w: 1 },
            { id: 'b', p_w: 2 },
          ],
        },
      ],
    ]);
    expect(readingsOf(listed)).toEqual({ 'g-1-a': { activePowerW: 1 }, 'g-1-b': { activePowerW: 2 } });
    const named = suggestionFor([
      [
        'gw/g-1/all',
        {
          values: [
            { name: 'Power', value: 5, unit: 'kW' },
            { name: 'Energy', value: 7, unit: 'kWh' },
          ],
        },
      ],
    ]);
    expect(readingsOf(named)).toEqual({ 'g-1': { activePowerW: 5_000, energyForwardWh: 7_000 } });
  });

  it('takes the last level as the device where alike messages differ in it', () => {
    const found = suggestionFor([
      ['sensors/kitchen', { power_w: 5 }],
      ['sensors/garage', { power_w: 6 }],
    ]);
    expect(readingsOf(found)).toEqual({ kitchen: { activePowerW: 5 }, garage: { activePowerW: 6 } });
  });

  it('takes the device’s own time where it is about now', () => {
    const told = suggestionFor([['x/meter9/data', { ts: START / 1_000 - 5, power_w: 1 }]]);
    expect(told.yaml).toContain('time: { path: /ts, format: unix-s }');
    const wrong = suggestionFor([['x/meter9/data', { ts: 12_345, power_w: 1 }]]);
    expect(wrong.yaml).not.toContain('time:');
  });

  it('believes what Home Assistant’s discovery announces of a value, and nothing else', () => {
    const config = (object: string, rest: object): Sent => [
      `homeassistant/sensor/m9/${object}/config`,
      { '~': 'x/meter9', stat_t: '~/data', ...rest },
    ];
    const discovery = [
      config('p', { dev_cla: 'power', unit_of_meas: 'kW', val_tpl: "{{ value_json['z1'] | float }}" }),
      config('e', {
        device_class: 'energy',
        unit_of_measurement: 'kWh',
        value_template: '{{ value_json.reg.z2 }}',
      }),
      config('x', { dev_cla: 'voltage', unit_of_meas: 'V', val_tpl: '{{ value_json.z3 * 2 }}' }),
      config('y', { dev_cla: 'power', unit_of_meas: 'kWh', val_tpl: '{{ value_json.z3 }}' }),
    ];
    const found = suggestionFor([['x/meter9/data', { z1: 1.5, reg: { z2: 7 }, z3: 230 }]], {}, discovery);
    expect(readingsOf(found)).toEqual({ meter9: { activePowerW: 1_500, energyForwardWh: 7_000 } });
    expect(codes(found)).toEqual(['home-assistant', 'home-assistant']);
  });

  describe('of SenML', () => {
    const at = START / 1_000;
    const pack = [
      { bn: 'urn:dev:ow:10e2073a:', bt: at, bu: 'W', n: 'power', v: 500, s: 7_200_000 },
      { n: 'grid_voltage', u: 'V', v: 231 },
      { n: 'rssi', u: 'dBW', v: -90 },
    ];

    it('takes names by what they end in, and units and sums from the pack', () => {
      const found = suggestionFor([['camp/node-7/senml', pack]]);
      expect(found).toMatchObject({ confidence: 'high', questions: [] });
      expect(found.yaml).toContain('format: senml');
      expect(found.yaml).toContain('"/{part}:power/s"');
      expect(readingsOf(found)).toEqual({
        'node-7': { activePowerW: 500, energyForwardWh: 2_000, voltageV: 231 },
      });
    });

    it('is the same in CBOR', () => {
      const found = suggestionFor([['camp/node-7/senml', encodePack(pack)]]);
      expect(found.yaml).toBe(suggestionFor([['camp/node-7/senml', pack]]).yaml);
    });

    it('tells devices behind one topic apart, and keeps words that the meaning needs', () => {
      const found = suggestionFor([
        [
          'camp/gateway/senml',
          [
            { bn: 'gen1/', n: 'fuel/level', u: '%', v: 40 },
            { n: 'power', u: 'kW', v: 90 },
            { bn: 'gen2/', n: 'fuel/level', u: '%', v: 60 },
            { n: 'water/level', u: '%', v: 10 },
          ],
        ],
      ]);
      expect(found.yaml).toContain('"/{part}~1fuel~1level"');
      expect(readingsOf(found)).toEqual({
        'gateway-gen1': { fuelLevelPct: 40, activePowerW: 90_000 },
        'gateway-gen2': { fuelLevelPct: 60 },
      });
    });

    it('asks for the unit of a register that the pack tells none of', () => {
      const sent: Sent[] = [['camp/node-7/senml', [{ n: 'a1:energy', v: 5 }]]];
      expect(open(suggestionFor(sent))).toEqual(['unit /{part}:energy']);
      expect(readingsOf(suggestionFor(sent, { 'unit /{part}:energy': 'kWh' }))).toEqual({
        'node-7': { energyForwardWh: 5_000 },
      });
    });
  });

  describe('of line protocol', () => {
    const ns = `${String(START)}000000`;

    it('captures the tag that names a device, and keeps the one that says what is measured', () => {
      const lines = [
        `power,host=edge,meter=m1,phase=total active_w=1500,energy_kwh=12.5 ${ns}`,
        `power,host=edge,meter=m2,phase=total active_w=20,energy_kwh=3 ${ns}`,
        `cpu,host=edge usage_idle=98.5 ${ns}`,
      ].join('\n');
      const found = suggestionFor([['telegraf/site1/metrics', lines]]);
      expect(found).toMatchObject({ confidence: 'high', questions: [] });
      expect(found.yaml).toContain('format: influx');
      expect(found.yaml).toContain('"/power,phase=total,meter={part},host={part2}/active_w"');
      expect(readingsOf(found)).toEqual({
        'site1-m1': { activePowerW: 1_500, energyForwardWh: 12_500 },
        'site1-m2': { activePowerW: 20, energyForwardWh: 3_000 },
      });
    });

    it('puts phases that a tag tells in their place', () => {
      const lines = [1, 2, 3].map((phase) => `mains,phase=L${phase} voltage=${229 + phase} ${ns}`);
      const found = suggestionFor([['x/meter9/influx', [`mains power_w=5 ${ns}`, ...lines].join('\n')]]);
      expect(readingsOf(found)).toEqual({
        meter9: { activePowerW: 5, voltageL1V: 230, voltageL2V: 231, voltageL3V: 232 },
      });
    });

    it('is not seen in a text that only looks a little like it', () => {
      expect(suggestionFor([['x/m/1', 'hello world']])).toMatchObject({ nothing: 'no-text-known' });
      expect(suggestionFor([['x/m/1', 'power w=5 never']])).toMatchObject({ nothing: 'no-text-known' });
      expect(suggestionFor([['x/m/1', 'p,a={b},c=|d w=1,power_w=2']])).toMatchObject({ yaml: undefined });
    });
  });

  it('says why there is none', () => {
    const metrics = [{ name: 'Ac/Power', datatype: 9, float: 5 }];
    const sparkplug = sparkplugPayload({ timestamp: START, seq: 1, metrics });
    expect(suggestionFor([['x/m/1', sparkplug]])).toMatchObject({ nothing: 'sparkplug', confidence: 'none' });
    expect(suggestionFor([['x/m/1', '\u0001\u0002\u0003']])).toMatchObject({
      nothing: 'binary',
      confidence: 'none',
    });
    expect(suggestionFor([['x/m/1', 'hello']])).toMatchObject({ nothing: 'no-text-known' });
    expect(suggestionFor([['x/m/1', { colour: 3, rssi: -70 }]])).toMatchObject({ nothing: 'no-name-known' });
  });

  it('names the profile of a genset’s controller, and takes none of its registers for a power', () => {
    const found = suggestionFor([
      ['camp/gw7/A1B2C3D4E5/engine', { A1B2C3D4E5: { P004: { R001: 85, R003: 75 }, P006: { R022: 120 } } }],
    ]);
    expect(found).toMatchObject({ nothing: 'gencomm', confidence: 'none', questions: [], yaml: undefined });
  });

  it('asks for nothing whose number can be it in no unit', () => {
    const uplink = {
      frequency: 868_300_000,
      metrics: [{ name: 'Supply Voltage', timestamp: 1_486_144_502_122, value: 230.5 }],
    };
    const found = suggestionFor([['x/node9/up', uplink]]);
    expect(found.questions).toEqual([]);
    expect(readingsOf(found)).toEqual({ node9: { voltageV: 230.5 } });
  });

  it('offers only units in which the number can be it', () => {
    const { questions } = suggestionFor([['x/m9/state', { frequency: 5_002 }]]);
    expect(questions.map(({ options }) => options)).toEqual([['dHz', 'cHz', 'mHz']]);
  });

  it('does not take a quantity’s name for its unit', () => {
    const raw = suggestionFor([['x/m9/state', { Volt: [21_080, 21_013, 20_851], Amps: 32 }]]);
    expect(open(raw)).toEqual(['unit /Volt', 'unit /Amps']);
    expect(readingsOf(suggestionFor([['x/m9/state', { Volt: 230.1, current_amps: 3 }]]))).toEqual({
      m9: { voltageV: 230.1, currentL1A: 3 },
    });
  });

  it('takes nothing for a measurement that is a limit, a statistic, a price or a contradiction', () => {
    const payload = {
      max_power_w: 1,
      power_limit_w: 2,
      energy_price: 3,
      avg_voltage: 4,
      power: { value: 5, unit: 'kWh' },
    };
    expect(suggestionFor([['x/m9/data', payload]])).toMatchObject({ yaml: undefined });
  });

  it('stands hostile names and values', () => {
    const payload = JSON.parse(
      '{"__proto__":{"power_w":1},"constructor":{"power_w":2},"a{b}=c|d":{"power_w":3},"":{"energy_kwh":1},"x":[[[[1]]]],"power_w":1e308}',
    ) as unknown;
    expect(() => suggestionFor([['x/meter9/data', payload]])).not.toThrow();
  });
});
