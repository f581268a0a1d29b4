import { describe, expect, it } from 'vitest';
import type { DeviceSource, Registry } from '#lib/registry/types.ts';
import { meterRef } from '#lib/energy/reading.ts';
import { createDecoder, type DeviceDecoder } from '../../../ingest/decode/decoder.ts';
import type { Decoded } from '../../../ingest/decode/message.ts';
import { loadProfiles, parseProfile } from '../../../ingest/decode/profile-load.ts';
import type { Profile } from '../../../ingest/decode/profile.ts';
import { profileBook, profileRulesOf } from '../../../ingest/decode/profile-rules.ts';

const RECEIVED_AT = Date.parse('2026-03-02T09:15:04Z');
const profiles = loadProfiles();

function registryOf(
  ...sources: (Pick<DeviceSource, 'profile' | 'topic' | 'meter'> & { zone?: string })[]
): Registry {
  const mission = { name: 'UNMISS', zone: 'Africa/Juba', targets: [], grid: [], camps: {} };
  return {
    missions: { unmiss: mission },
    pledges: [],
    sources: sources.map((source) => ({ mission: 'unmiss', camp: 'juba', ...source })),
  };
}

function decoderFor(registry: Registry, own: readonly Profile[] = profiles): DeviceDecoder {
  return createDecoder({ registry, profiles: own });
}

function say(decoder: DeviceDecoder, topic: string, payload: unknown, retain = false): Decoded {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return decoder.decode({ topic, payload: Buffer.from(text), retain, receivedAt: RECEIVED_AT });
}

function profileOf(yaml: string): Profile {
  const parsed = parseProfile(yaml, 'own.yaml');
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.profile;
}

const SAMPLES = "samples: [{ topic: x/y, receivedAt: '2026-03-02T09:15:04Z', payload: {}, expect: [] }]";

describe('a line of the registry’s sources', () => {
  it('gives every device below its topic a meter of its own name', () => {
    const decoder = decoderFor(
      registryOf({ profile: 'shelly-gen2', topic: 'camp-b/shelly/+', meter: 'shelly-{device}' }),
    );
    const { readings } = say(decoder, 'camp-b/shelly/Dev 1/status/em:0', { total_act_power: 12 });
    expect(readings).toEqual([
      { meter: meterRef('unmiss', 'juba', 'shelly-dev-1'), at: RECEIVED_AT, values: { activePowerW: 12 } },
    ]);
    const later = say(decoder, 'camp-b/shelly/Dev 1/status/emdata:0', { total_act: 5 });
    expect(later.readings[0]?.meter).toBe(readings[0]?.meter);
  });

  it('may name a level of its topic and use the name in the meter', () => {
    const decoder = decoderFor(
      registryOf({ profile: 'tasmota', topic: 'tele/{room}', meter: 'pump-{room}' }),
    );
    const decoded = say(decoder, 'tele/east/SENSOR', { Time: '2026-03-02T11:15:02', ENERGY: { Power: 3 } });
    expect(decoded.readings[0]?.meter.meter).toBe('pump-east');
  });

  it('decides over a broader line', () => {
    const decoder = decoderFor(
      registryOf(
        { profile: 'shelly-gen2', topic: '#', meter: 'other-{device}' },
        { profile: 'shelly-gen2', topic: 'a/+', meter: 'any-{device}' },
        { profile: 'shelly-gen2', topic: 'a/genset', meter: 'genset-1' },
      ),
    );
    const meterAt = (topic: string): string | undefined =>
      say(decoder, topic, { total_act_power: 1 }).readings[0]?.meter.meter;
    expect(meterAt('a/genset/status/em:0')).toBe('genset-1');
    expect(meterAt('a/x/status/em:0')).toBe('any-x');
    expect(meterAt('b/x/status/em:0')).toBe('other-x');
  });

  it('with one meter for a device of several channels takes channel 0 and says how to name the others', () => {
    const decoder = decoderFor(registryOf({ profile: 'shelly-gen2', topic: 'em', meter: 'genset-1' }));
    const params = { ts: 1772442902, 'em1:0': { act_power: 1 }, 'em1:1': { act_power: 2 } };
    const decoded = say(decoder, 'em/events/rpc', { method: 'NotifyStatus', params });
    expect(decoded.readings.map((reading) => reading.values)).toEqual([{ activePowerW: 1 }]);
    expect(decoded.rejections).toHaveLength(1);
    expect(decoded.rejections[0]).toMatchObject({ reason: 'device-unassigned' });
    expect(decoded.rejections[0]?.detail).toContain('"genset-1-{channel}"');
    expect(say(decoder, 'em/status/em1:1', { act_power: 2 }).readings).toEqual([]);
  });

  it('never lets two modules of one gateway run into one meter', () => {
    const decoder = decoderFor(
      registryOf({ profile: 'dse890-gencomm', topic: 'gensets/#', meter: 'genset-1' }),
    );
    const decoded = say(decoder, 'gensets/a', { A1: { P004: { R003: 75 } }, A2: { P004: { R003: 20 } } });
    expect(decoded.readings.map((reading) => reading.values)).toEqual([{ fuelLevelPct: 75 }]);
    expect(decoded.rejections[0]?.detail).toContain('{uid}');
  });

  it('that names no existing profile keeps the messages and is told at start', () => {
    const decoder = decoderFor(registryOf({ profile: 'shely', topic: 'em', meter: 'genset-1' }));
    expect(decoder.problems).toHaveLength(1);
    expect(decoder.problems[0]).toContain('"shely"');
    expect(decoder.filters).toContain('em/#');
    expect(say(decoder, 'em/status/em:0', {}).rejections[0]?.reason).toBe('device-unassigned');
  });

  it('that never meets its profile’s topics is told at start', () => {
    const decoder = decoderFor(registryOf({ profile: 'mbmd', topic: 'meters/#', meter: '{device}' }));
    expect(decoder.problems[0]).toContain('mbmd/{device}/{reading+}');
  });

  it('whose meter makes no slug rejects the message and shows what it had', () => {
    const decoder = decoderFor(registryOf({ profile: 'mbmd', topic: 'mbmd/+', meter: '{device}' }));
    expect(say(decoder, 'mbmd/???/Power', '1').rejections[0]?.detail).toContain('{device} = "???"');
    expect(say(decoder, 'mbmd/__proto__/Power', '1').readings[0]?.meter.meter).toBe('proto');
  });

  it('ignores what the device publishes beside its measurements', () => {
    const decoder = decoderFor(registryOf({ profile: 'shelly-gen2', topic: 'em/#', meter: 'm' }));
    expect(say(decoder, 'em/status/wifi', { rssi: -50 })).toEqual({
      readings: [],
      rejections: [],
      ignoredKeys: 1,
    });
  });

  it('is named in full when it is missing', () => {
    const decoded = say(decoderFor(registryOf()), 'site/em-7/status/em1:1', { act_power: 1 });
    expect(decoded.rejections[0]?.detail).toContain(
      '- { profile: shelly-gen2, topic: "site/em-7", mission: …, camp: …, meter: "em-7-{channel}" }',
    );
  });

  it('is not asked for when the message measures nothing', () => {
    const decoded = say(decoderFor(registryOf()), 'em-7/events/rpc', {
      params: { ts: 1, mqtt: { connected: true } },
    });
    expect(decoded.rejections).toEqual([]);
    expect(decoded.ignoredKeys).toBe(1);
  });
});

describe('what is subscribed to', () => {
  it('is the native contract, the profiles’ topics and whatever the sources add, each once', () => {
    const decoder = decoderFor(
      registryOf(
        { profile: 'shelly-gen2', topic: 'camp-b/+', meter: '{device}' },
        { profile: 'dse890-gencomm', topic: 'gensets/+/{uid}', meter: '{uid}' },
        { profile: 'tasmota', topic: 'a/b/c/d/tele/SENSOR', meter: 'x' },
      ),
    );
    expect(new Set(decoder.filters).size).toBe(decoder.filters.length);
    expect(decoder.filters).toEqual(
      expect.arrayContaining([
        'bluewatt/+/+/+/reading',
        '+/status/em:0',
        'gensets/+/+/#',
        'a/b/c/d/tele/SENSOR',
      ]),
    );
    const beside = decoder.filters.filter((filter) => filter.startsWith('camp-b'));
    expect(beside).toEqual(['camp-b/online', 'camp-b/+/online', 'camp-b/+/+/online']);
    expect(decoder.filters).not.toContain('#');
  });
});

describe('a device’s time', () => {
  const tasmota = (zone?: string): DeviceDecoder =>
    decoderFor(
      registryOf({
        profile: 'tasmota',
        topic: 'tele/m',
        meter: 'm',
        ...(zone === undefined ? {} : { zone }),
      }),
    );
  const at = (decoder: DeviceDecoder, time: unknown): Decoded =>
    say(decoder, 'tele/m/SENSOR', { Time: time, ENERGY: { Power: 3 } });

  it('is local to the mission unless its source says otherwise', () => {
    expect(at(tasmota(), '2026-03-02T11:15:02').readings[0]?.at).toBe(RECEIVED_AT - 2000);
    expect(at(tasmota('UTC'), '2026-03-02T09:15:02').readings[0]?.at).toBe(RECEIVED_AT - 2000);
  });

  it.each([
    ['before 2020', '1970-01-01T00:00:12'],
    ['hours ahead', '2026-03-02T21:15:02'],
    ['no time at all', 'soon'],
    ['absent', undefined],
  ])('that is %s gives way to the receipt, and is counted', (_, time) => {
    const decoded = at(tasmota(), time);
    expect(decoded.readings[0]?.at).toBe(RECEIVED_AT);
    expect(decoded.receiptTimes).toBe(1);
  });

  it('makes a retained message a reading, without it the message is only state', () => {
    const payload = (time: string): unknown => ({ Time: time, ENERGY: { Power: 3 } });
    const own = say(tasmota(), 'tele/m/SENSOR', payload('2026-03-02T11:15:02'), true);
    expect(own.readings).toHaveLength(1);
    const none = say(tasmota(), 'tele/m/SENSOR', payload('1970-01-01T00:00:12'), true);
    expect(none.readings).toEqual([]);
    expect(none.rejections[0]?.reason).toBe('retained');
  });
});

describe('a field', () => {
  const HEAD = "profile: own\nformat: json\nmatch: { topic: 'x/{device}' }\nmeter: '{device}'\nfields:\n";
  const read = (fields: string, payload: unknown): Decoded => {
    const own = profileOf(`${HEAD}${fields}\n${SAMPLES}`);
    return say(
      decoderFor(registryOf({ profile: 'own', topic: 'x/+', meter: '{device}' }), [own]),
      'x/m',
      payload,
    );
  };
  const field = (text: string, raw: unknown): Decoded => read(`  - { path: /v, ${text} }`, { v: raw });

  it.each([
    ['to: activePowerW, unit: kW', 92.5, { activePowerW: 92500 }],
    ['to: energyForwardWh, unit: MWh', 1.234567, { energyForwardWh: 1234567 }],
    ['to: energyForwardWh, unit: dkWh', 10485752, { energyForwardWh: 1048575200 }],
    ['to: frequencyHz, unit: dHz', 501, { frequencyHz: 50.1 }],
    ['to: temperatureC, unit: °F', 41, { temperatureC: 5 }],
    ['to: oilPressureKPa, unit: psi', 60, { oilPressureKPa: 413.685438 }],
    ['to: waterM3, unit: L', 1500, { waterM3: 1.5 }],
    ['to: fuelUsedL, unit: m3', 1.5, { fuelUsedL: 1500 }],
    ['to: stateOfChargePct, unit: ratio', 0.815, { stateOfChargePct: 81.5 }],
    ['to: activePowerW, scale: -1, offset: 5', 10, { activePowerW: -5 }],
    ['to: activePowerW', '-12.5e1', { activePowerW: -125 }],
    ['to: temperatureC, unit: °F, suffix: F', '41 F', { temperatureC: 5 }],
    ['to: temperatureC, suffix: F', 41, { temperatureC: 41 }],
    [
      'to: [voltageL1V, voltageL2V, voltageL3V]',
      [1, 2, 3, 4],
      { voltageL1V: 1, voltageL2V: 2, voltageL3V: 3 },
    ],
    ['to: voltageV, spread: [voltageL1V, voltageL2V]', 230, { voltageV: 230 }],
    ['to: voltageV, spread: [voltageL1V, voltageL2V]', [1, null], { voltageL1V: 1 }],
    ['to: activePowerW, array: sum', [1, 2.5, '3'], { activePowerW: 6.5 }],
  ])('%s reads %j', (text, raw, values) => {
    const decoded = field(text, raw);
    expect(decoded.rejections).toEqual([]);
    expect(decoded.readings[0]?.values).toEqual(values);
  });

  it.each([
    ['to: coolantC, sentinel: s16', 32766],
    ['to: coolantC, sentinel: u16', '65535'],
    ['to: coolantC, sentinel: s32', 2147483640],
    ['to: coolantC, sentinel: u32', 4294967295],
    ['to: coolantC, sentinel: [-127, "unavailable"]', 'unavailable'],
    ['to: coolantC, sentinel: [-127, "unavailable"]', -127],
    ['to: coolantC', null],
    ['to: activePowerW, array: sum', [1, null]],
  ])('%s takes %j as no point', (text, raw) => {
    expect(field(text, raw)).toMatchObject({ readings: [], rejections: [] });
  });

  it.each([
    ['to: activePowerW', true],
    ['to: activePowerW', ''],
    ['to: activePowerW', 'unknown'],
    ['to: activePowerW', 'NaN'],
    ['to: activePowerW', 'Infinity'],
    ['to: activePowerW', '0x10'],
    ['to: activePowerW', '1,5'],
    ['to: activePowerW', '42 W'],
    ['to: temperatureC, suffix: F', '42 C'],
    ['to: activePowerW', {}],
    ['to: activePowerW', [1, 2]],
    ['to: [voltageL1V, voltageL2V]', 230],
    ['to: activePowerW, array: sum', [1, 'x']],
  ])('%s rejects %j', (text, raw) => {
    const decoded = field(text, raw);
    expect(decoded.readings).toEqual([]);
    expect(decoded.rejections.map(({ reason }) => reason)).toEqual(['value-not-a-number']);
  });

  it('adds the parts of a sum, and gives no point when one is missing', () => {
    const sum = '  - { to: runTimeS, sum: [{ path: /h, scale: 3600 }, { path: /m, scale: 60 }] }';
    expect(read(sum, { h: 2, m: '30' }).readings[0]?.values).toEqual({ runTimeS: 9000 });
    expect(read(sum, { h: 2 }).readings).toEqual([]);
    expect(read(sum, { h: 2, m: 'x' }).rejections[0]?.detail).toContain('/m');
  });

  it('fills its quantity only where an earlier field has not', () => {
    const two = '  - { path: /a, to: activePowerW }\n  - { path: /b, to: activePowerW }';
    expect(read(two, { a: 1, b: 2 }).readings[0]?.values).toEqual({ activePowerW: 1 });
    expect(read(two, { a: null, b: 2 }).readings[0]?.values).toEqual({ activePowerW: 2 });
  });

  it('follows escaped and hostile keys, and only what the device sent', () => {
    const paths = '  - { path: /a~1b/c~0d, to: activePowerW }\n  - { path: /constructor/length, to: starts }';
    const decoded = read(paths, { 'a/b': { 'c~d': 4 } });
    expect(decoded.readings[0]?.values).toEqual({ activePowerW: 4 });
  });

  it('refuses what a quantity cannot be', () => {
    expect(field('to: powerFactor, unit: pf', 99).rejections[0]?.reason).toBe('value-out-of-range');
    expect(field('to: energyForwardWh, unit: kWh', -3).rejections[0]?.reason).toBe('value-out-of-range');
  });
});

describe('register policies', () => {
  it('come from the profile of the source that names the meter', () => {
    const registry = registryOf(
      { profile: 'shelly-gen1', topic: 'shellies', meter: '{device}-{channel}' },
      { profile: 'tasmota', topic: 'tele/a', meter: 'plug-1' },
    );
    const defaultsOf = profileRulesOf(registry, profileBook(profiles));
    expect(defaultsOf(meterRef('unmiss', 'juba', 'plug-1')).energyForwardWh).toBe('persistent');
    expect(defaultsOf(meterRef('unmiss', 'juba', 'em-0')).energyReverseWh).toBe('persistent');
    expect(defaultsOf(meterRef('unmiss', 'juba', 'em-0')).expireAfterMs).toBe(15 * 60_000);
    expect(defaultsOf(meterRef('unmiss', 'bor', 'em-0'))).toEqual({});
  });
});
