/** Formats whose messages tell an instant with every value: SenML and InfluxDB line protocol. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLines, type Line } from '../../../ingest/decode/line-protocol.ts';
import { parseProfile } from '../../../ingest/decode/profile-load.ts';
import type { Profile } from '../../../ingest/decode/profile.ts';
import { decodeAlone } from '../../../ingest/decode/sample.ts';

const RECEIVED_AT = Date.parse('2026-03-02T09:15:04Z');
const NOW_S = RECEIVED_AT / 1000;

function profileOf(format: string, meter: string, fields: readonly string[]): Profile {
  const parsed = parseProfile(textOf(format, meter, fields), 'own.yaml');
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.profile;
}

function textOf(format: string, meter: string, fields: readonly string[]): string {
  return `profile: own
format: ${format}
match: { topic: 'x/{site}' }
meter: '${meter}'
fields:
${fields.map((field) => `  - ${field}`).join('\n')}
samples:
  - { topic: x/y, receivedAt: '2026-03-02T09:15:04Z', payload: '', expect: [], reject: [payload-empty] }
`;
}

function read(profile: Profile, payload: unknown, retain = false): unknown {
  const isText = typeof payload === 'string' || payload instanceof Uint8Array;
  const body = Buffer.from(isText ? (payload as string) : JSON.stringify(payload));
  const message = { topic: 'x/y', payload: body, retain, receivedAt: RECEIVED_AT };
  const { readings, rejections } = decodeAlone(profile, message);
  return {
    readings: readings.map(({ meter, at, values }) => [meter.meter, (at - RECEIVED_AT) / 1000, values]),
    reasons: rejections.map(({ reason }) => reason),
  };
}

const only = (...readings: unknown[]): unknown => ({ readings, reasons: [] });

describe('SenML', () => {
  const senml = profileOf('senml', '{device}', [
    "{ path: '/urn:dev:ow:{device}:power', to: activePowerW }",
    "{ path: '/urn:dev:ow:{device}:energy', to: energyForwardWh, unit: kWh, register: persistent }",
    "{ path: '/urn:dev:ow:{device}:level', to: fuelLevelPct }",
  ]);

  it('resolves base name, time, unit and value into each record', () => {
    const pack = [
      { bn: 'urn:dev:ow:a1:', bt: NOW_S - 60, bu: 'kW', bv: 1, n: 'power', v: 2.5 },
      { n: 'power', t: 10, v: 3 },
      { n: 'level', u: '/', bv: 0, t: 10, v: 0.625 },
      { bn: 'urn:dev:ow:b2:', n: 'energy', u: 'J', v: 7200 },
    ];
    expect(read(senml, pack)).toEqual(
      only(
        ['a1', -60, { activePowerW: 3500 }],
        ['b2', -60, { energyForwardWh: 2 }],
        ['a1', -50, { activePowerW: 4000, fuelLevelPct: 62.5 }],
      ),
    );
  });

  it('takes times below 2^28 from now, and no time as now', () => {
    const pack = [
      { n: 'urn:dev:ow:a1:power', v: 1, t: -30 },
      { n: 'urn:dev:ow:a1:power', v: 2 },
    ];
    expect(read(senml, pack)).toEqual(only(['a1', -30, { activePowerW: 1 }], ['a1', 0, { activePowerW: 2 }]));
  });

  it('counts a base time below 2^28 from now as well', () => {
    const pack = [
      { bn: 'urn:dev:ow:a1:', bt: -600, n: 'power', v: 1, t: 540 },
      { n: 'power', v: 2 },
    ];
    expect(read(senml, pack)).toEqual(
      only(['a1', -60, { activePowerW: 1 }], ['a1', -600, { activePowerW: 2 }]),
    );
  });

  describe('sums', () => {
    const summed = profileOf('senml', '{device}', [
      "{ path: '/{device}:power', to: activePowerW }",
      "{ path: '/{device}:power/s', to: energyForwardWh, unit: kWh, register: persistent }",
      "{ path: '/{device}:flow/s', to: fuelUsedL, register: persistent }",
    ]);

    it('are what the values add up to over time, in their unit times seconds', () => {
      const pack = [
        { bn: 'a1:', bu: 'W', bs: 3_600_000, n: 'power', v: 500, s: 7200 },
        { n: 'power', t: -60, s: 0 },
        { bs: 0, n: 'flow', u: 'm3/s', s: 1.25 },
        { bn: 'b2:', n: 'power', u: 'kW', s: 36 },
      ];
      expect(read(summed, pack)).toEqual(
        only(
          ['a1', 0, { activePowerW: 500, energyForwardWh: 1002, fuelUsedL: 1250 }],
          ['b2', 0, { energyForwardWh: 10 }],
          ['a1', -60, { energyForwardWh: 1000 }],
        ),
      );
    });

    it('are in the field’s unit where the pack tells none, and never made of a base sum alone', () => {
      const pack = [
        { bs: 5, n: 'a1:power', s: 2 },
        { n: 'b2:power', v: 1 },
      ];
      expect(read(summed, pack)).toEqual(
        only(['a1', 0, { energyForwardWh: 7000 }], ['b2', 0, { activePowerW: 1 }]),
      );
    });

    it.each([
      ['a sum of what is no power', [{ n: 'a1:power', u: 'V', s: 1 }], 'payload-wrong-shape'],
      ['a sum that is no number', [{ n: 'a1:power', s: '1' }], undefined],
      ['a base sum that is no number', [{ bs: '1', n: 'a1:power', s: 1 }], 'payload-wrong-shape'],
    ])('refuse %s', (_, pack, reason) => {
      const found =
        reason === undefined
          ? only(['a1', 0, { energyForwardWh: 1000 }])
          : { readings: [], reasons: [reason] };
      expect(read(summed, pack)).toEqual(found);
    });
  });

  it('takes of a retained pack what tells an instant, never an age', () => {
    const pack = [
      { n: 'urn:dev:ow:a1:power', v: 1, t: NOW_S - 3600 },
      { n: 'urn:dev:ow:b2:power', v: 2, t: -30 },
      { n: 'urn:dev:ow:c3:power', v: 3 },
    ];
    expect(read(senml, pack, true)).toEqual({
      readings: [['a1', -3600, { activePowerW: 1 }]],
      reasons: ['retained', 'retained'],
    });
  });

  it('uses the field’s unit where the pack tells none', () => {
    const pack = [{ n: 'urn:dev:ow:a1:energy', v: 2 }];
    expect(read(senml, pack)).toEqual(only(['a1', 0, { energyForwardWh: 2000 }]));
  });

  it.each([
    ['an unknown unit', [{ n: 'urn:dev:ow:a1:power', u: 'hp', v: 1 }], 'payload-wrong-shape'],
    ['a unit of something else', [{ n: 'urn:dev:ow:a1:power', u: 'V', v: 1 }], 'payload-wrong-shape'],
    ['a name that cannot be', [{ n: '_:power', v: 1 }], 'payload-wrong-shape'],
    ['a time that is none', [{ n: 'urn:dev:ow:a1:power', v: 1, t: '1' }], 'payload-wrong-shape'],
    ['a time ahead', [{ n: 'urn:dev:ow:a1:power', v: 1, t: NOW_S + 3600 }], 'time-in-future'],
    ['a time that has no date', [{ n: 'urn:dev:ow:a1:power', v: 1, t: 1e300 }], 'time-in-future'],
    ['a value that is no number', [{ n: 'urn:dev:ow:a1:power', v: true }], 'value-not-a-number'],
    ['a later version', [{ bver: 11, n: 'urn:dev:ow:a1:power', v: 1 }], 'payload-wrong-shape'],
    ['what has to be understood', [{ n: 'urn:dev:ow:a1:power', v: 1, secret_: 1 }], 'payload-wrong-shape'],
    ['an object', { n: 'urn:dev:ow:a1:power', v: 1 }, 'payload-wrong-shape'],
  ])('refuses %s', (_, pack, reason) => {
    expect(read(senml, pack)).toEqual({ readings: [], reasons: [reason] });
  });

  it('never throws, and finds every value of a pack by name and time', () => {
    const entry = fc.record({ v: fc.integer({ min: 0, max: 1e6 }), ageS: fc.integer({ min: 1, max: 1e6 }) });
    fc.assert(
      fc.property(fc.uniqueArray(entry, { selector: ({ ageS }) => ageS, maxLength: 20 }), (entries) => {
        const pack = entries.map(({ v, ageS }) => ({ n: 'urn:dev:ow:a1:power', v, t: NOW_S - ageS }));
        const expected = entries.map(({ v, ageS }) => ['a1', -ageS, { activePowerW: v }]);
        expect(read(senml, pack)).toEqual(only(...expected));
      }),
    );
    const key = fc.constantFrom('bn', 'bt', 'bu', 'bv', 'n', 'u', 'v', 't', 's', 'bver', '__proto__', 'x_');
    const entries = fc.array(fc.oneof(fc.dictionary(key, fc.jsonValue()), fc.jsonValue()), { maxLength: 5 });
    fc.assert(
      fc.property(entries, (pack) => {
        expect(read(senml, pack)).toHaveProperty('reasons');
      }),
    );
  });
});

describe('InfluxDB line protocol', () => {
  const influx = profileOf('influx', '{meter}', [
    "{ path: '/power,phase=total,meter={meter}/active_w', to: activePowerW, unit: W }",
    "{ path: '/power,meter={meter}/energy_kwh', to: energyForwardWh, unit: kWh, register: persistent }",
  ]);

  it('reads named fields of named series, and nothing else', () => {
    const lines = [
      '# from Telegraf',
      `power,host=gw,meter=a1,phase=total active_w=2.5,energy_kwh=12i,cos=0.9 ${NOW_S - 60}000000000`,
      `power,host=gw,meter=a1,phase=L1 active_w=99 ${NOW_S - 60}000000000`,
      `cpu,host=gw active_w=1 ${NOW_S - 60}000000000`,
      '',
      'power,meter=b2,phase=total active_w=7',
    ];
    expect(read(influx, lines.join('\r\n'))).toEqual(
      only(['a1', -60, { activePowerW: 2.5, energyForwardWh: 12_000 }], ['b2', 0, { activePowerW: 7 }]),
    );
  });

  it.each(['', '000', '000000', '000000000'])('reads seconds with %j behind them', (more) => {
    const line = `power,meter=a1,phase=total active_w=1 ${NOW_S - 60}${more}`;
    expect(read(influx, line)).toEqual(only(['a1', -60, { activePowerW: 1 }]));
  });

  it.each([
    ['a timestamp in no unit', 'power,meter=a1,phase=total active_w=1 17724429', 'time-invalid'],
    ['a timestamp before 1970', `power,meter=a1,phase=total active_w=1 -${NOW_S}`, 'time-invalid'],
    ['a timestamp ahead', `power,meter=a1,phase=total active_w=1 ${NOW_S + 3600}`, 'time-in-future'],
    ['a boolean', 'power,meter=a1,phase=total active_w=true', 'value-not-a-number'],
    ['a text', 'power,meter=a1,phase=total active_w="on"', 'value-not-a-number'],
    ['an unclosed text', 'power,meter=a1,phase=total active_w="on', 'payload-wrong-shape'],
    ['NaN', 'power,meter=a1,phase=total active_w=NaN', 'payload-wrong-shape'],
    ['a line without fields', 'power,meter=a1', 'payload-wrong-shape'],
    ['two timestamps', 'power,meter=a1,phase=total active_w=1 1 2', 'payload-wrong-shape'],
  ])('refuses %s', (_, line, reason) => {
    expect(read(influx, line)).toEqual({ readings: [], reasons: [reason] });
  });

  it('goes on after a line that is none, and tells its number', () => {
    const found: unknown[] = [];
    const text = 'a x="1\n2" 1\nbroken\nb y=2i\n';
    readLines(
      text,
      (line) => found.push(line.measurement),
      (number, why) => found.push([number, why]),
    );
    expect(found).toEqual(['a', [3, 'it has no fields'], 'b']);
  });

  const plain = fc.string({
    unit: fc.constantFrom('a', ' ', ',', '=', '"', 'é', '1'),
    minLength: 1,
    maxLength: 6,
  });
  const escape = (text: string): string => text.replace(/[, =]/g, (sign) => `\\${sign}`);

  it('reads back whatever names and texts are written with their escapes', () => {
    const entry = fc.record({ name: plain, tag: plain, value: plain, field: plain, text: plain });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 4 }), (entries) => {
        const lines = entries.map(({ name, tag, value, field, text }) => {
          const told = `"${text.replaceAll('"', '\\"')}"`;
          return `m${escape(name)},${escape(tag)}=${escape(value)} ${escape(field)}=${told} 17`;
        });
        const found: Line[] = [];
        readLines(
          lines.join('\n'),
          (line) => found.push(line),
          (number, why) => {
            throw new Error(`${number}: ${why}`);
          },
        );
        expect(found).toEqual(
          entries.map(({ name, tag, value, field, text }) => ({
            measurement: `m${name}`,
            tags: new Map([[tag, value]]),
            fields: { [field]: text },
            timestamp: '17',
          })),
        );
      }),
    );
  });

  it('never throws', () => {
    const sign = fc.constantFrom(
      'power',
      ',',
      '=',
      ' ',
      '\n',
      '\\',
      '"',
      '#',
      '1',
      'i',
      'meter',
      '\r',
      '__proto__',
    );
    fc.assert(
      fc.property(fc.array(sign, { maxLength: 40 }), (signs) => {
        expect(read(influx, signs.join('') || ' ')).toHaveProperty('reasons');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a profile of such a format', () => {
  it.each([
    ['senml', "{ path: '/a/b', to: activePowerW }", '/fields/0/path', '~1'],
    [
      'senml',
      '{ path: /a, sum: [{ path: /a }, { path: /b }], to: activePowerW }',
      '/fields/0/sum',
      'one value',
    ],
    ['influx', '{ path: /a, to: activePowerW }', '/fields/0/path', 'expected /measurement/field'],
    ['influx', "{ path: '/a,b/c', to: activePowerW }", '/fields/0/path', 'tag={name}'],
    ['influx', '{ path: /a/b, to: [voltageL1V, voltageL2V] }', '/fields/0/to', 'one quantity'],
  ])('%s refuses %s', (format, field, place, why) => {
    const parsed = parseProfile(textOf(format, '{site}', [field]), 'own.yaml');
    const problems = parsed.ok ? '' : parsed.problems.join('\n');
    expect(problems).toContain(place);
    expect(problems).toContain(why);
  });

  it('names no time', () => {
    const text = textOf('senml', '{site}', ['{ path: /a, to: starts }']).replace(
      'fields:',
      'time: receipt\nfields:',
    );
    const parsed = parseProfile(text, 'own.yaml');
    expect(parsed.ok ? '' : parsed.problems[0]).toContain('/time: senml tells its own time');
  });
});
