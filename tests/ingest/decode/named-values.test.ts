/** Values that are found under a quantity's own name, and entries of lists that are found by their flag. */
import { describe, expect, it } from 'vitest';
import { QUANTITIES } from '#lib/energy/quantity.ts';
import { parseProfile } from '../../../ingest/decode/profile-load.ts';
import type { Profile } from '../../../ingest/decode/profile.ts';
import { decodeAlone } from '../../../ingest/decode/sample.ts';
import type { Decoded } from '../../../ingest/decode/message.ts';

const FIELD = "{ path: '/points/[flag={part}_{quantity}]/value', to: '{quantity}', register: persistent }";

function textOf(field: string): string {
  return `profile: own
format: json
match: { topic: 'x/{device}' }
meter: '{device}'
fields:
  - ${field}
  - { path: '/{device}/W', to: activePowerW, unit: W }
samples:
  - { topic: x/y, receivedAt: '2026-03-02T09:15:04Z', payload: {}, expect: [] }
`;
}

function profileOf(field: string, meter = '{part}'): Profile {
  const parsed = parseProfile(textOf(field).replace("meter: '{device}'", `meter: '${meter}'`), 'own.yaml');
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.profile;
}

function read(profile: Profile, payload: unknown): Decoded {
  const receivedAt = Date.parse('2026-03-02T09:15:04Z');
  const bytes = Buffer.from(JSON.stringify(payload));
  return decodeAlone(profile, { topic: 'x/y', payload: bytes, retain: false, receivedAt });
}

const valuesOf = (decoded: Decoded): unknown =>
  Object.fromEntries(decoded.readings.map(({ meter, values }) => [meter.meter, values]));

describe('a field for every quantity', () => {
  it('reads each quantity under its own name and in its own unit', () => {
    const points = QUANTITIES.map((quantity) => ({ flag: `a_${quantity}`, value: 1 }));
    const expected = Object.fromEntries(QUANTITIES.map((quantity) => [quantity, 1]));
    expect(valuesOf(read(profileOf(FIELD), { points }))).toEqual({ a: expected });
  });

  it('gives its register policy to the quantities that count up, and to no other', () => {
    expect(profileOf(FIELD).registers).toEqual({
      energyForwardWh: 'persistent',
      energyReverseWh: 'persistent',
      fuelUsedL: 'persistent',
      runTimeS: 'persistent',
      starts: 'persistent',
      waterM3: 'persistent',
    });
  });

  it.each([
    ['a unit', FIELD.replace('register', 'unit: kW, register'), '/fields/0/unit', 'its own unit'],
    ['a scale', FIELD.replace('register', 'scale: 2, register'), '/fields/0/scale', 'its own unit'],
    ['no place for the name', FIELD.replace('_{quantity}]', ']'), '/fields/0/path', 'in the path too'],
  ])('is refused with %s, once', (_, field, place, why) => {
    const parsed = parseProfile(textOf(field), 'own.yaml');
    const problems = parsed.ok ? [] : parsed.problems;
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(place);
    expect(problems[0]).toContain(why);
  });
});

describe('an entry of a list', () => {
  it('is found by its member, wherever it stands and whatever else stands there', () => {
    const points = [null, 7, [], { value: 3 }, { flag: { a: 1 }, value: 4 }, { flag: 'a_starts', value: 5 }];
    expect(valuesOf(read(profileOf(FIELD), { points }))).toEqual({ a: { starts: 5 } });
    expect(read(profileOf(FIELD), { points: { flag: 'a_starts', value: 5 } }).readings).toEqual([]);
  });

  it('counts once when it stands there twice: the first has it', () => {
    const points = [
      { flag: 'a_starts', value: 5 },
      { flag: 'a_starts', value: 6 },
    ];
    expect(valuesOf(read(profileOf(FIELD), { points }))).toEqual({ a: { starts: 5 } });
  });

  it('is found by a number as by its text', () => {
    const profile = profileOf(
      "{ path: '/points/[id=17]/value', to: starts, register: persistent }",
      '{device}',
    );
    expect(valuesOf(read(profile, { points: [{ id: 17, value: 2 }] }))).toEqual({ y: { starts: 2 } });
  });

  it('is not looked for in a list that no gateway sends', () => {
    const points = Array.from({ length: 1001 }, () => ({ flag: 'a_starts', value: 1 }));
    const decoded = read(profileOf(FIELD), { points });
    expect(decoded.readings).toEqual([]);
    expect(decoded.rejections.map(({ reason }) => reason)).toEqual(['payload-wrong-shape']);
  });
});

describe('a list that has to hold one value', () => {
  const profile = profileOf('{ path: /v, to: batteryV, unit: V, array: one }', '{device}');
  it.each([
    [[27.5], { y: { batteryV: 27.5 } }, []],
    [27.5, { y: { batteryV: 27.5 } }, []],
    [[27.5, 3], {}, ['value-not-a-number']],
    [[], {}, ['value-not-a-number']],
    [[null], {}, []],
  ])('%j', (v, values, reasons) => {
    const decoded = read(profile, { v });
    expect(valuesOf(decoded)).toEqual(values);
    expect(decoded.rejections.map(({ reason }) => reason)).toEqual(reasons);
  });
});

describe('a time with words in it', () => {
  it('is read where the words are there, and in the zone they name', () => {
    const parsed = parseProfile(
      textOf('{ path: /n, to: headcount }').replace(
        'fields:',
        `time: { path: /t, format: "HH:mm:ss MM/dd/yyyy 'UTC'", zone: UTC }\nfields:`,
      ),
      'own.yaml',
    );
    if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
    const at = (t: string): unknown => read(parsed.profile, { t, n: 1 }).readings[0]?.at;
    expect(at('07:16:17 03/02/2026 UTC')).toBe(Date.parse('2026-03-02T07:16:17Z'));
    expect(at('07:16:17 03/02/2026 EAT')).toBe(Date.parse('2026-03-02T09:15:04Z'));
  });
});
