/** SenML packs in CBOR: read as the same pack in JSON is, and never beyond what the bytes hold. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CborFault, readCbor } from '../../../ingest/decode/cbor.ts';
import { parseProfile } from '../../../ingest/decode/profile-load.ts';
import { decodeAlone } from '../../../ingest/decode/sample.ts';
import { readPack } from '../../../ingest/decode/senml-pack.ts';
import { BASE_LABELS, encodeCbor, encodePack, LABELS } from './cbor-encoder.ts';

const hex = (text: string): Buffer => Buffer.from(text.replace(/[^0-9a-f]/g, ''), 'hex');
describe('CBOR', () => {
  // RFC 8949, appendix A.
  it.each<[string, unknown]>([
    ['1bffffffffffffffff', 18_446_744_073_709_552_000],
    ['3903e7', -1000],
    ['f90001', 5.960464477539063e-8],
    ['f93e00', 1.5],
    ['f9c400', -4],
    ['f90400', 0.00006103515625],
    ['fa47c35000', 100_000],
    ['fb3ff199999999999a', 1.1],
    ['f97c00', Infinity],
    ['f97e00', NaN],
    ['c48221196ab3', 273.15],
    ['62c3bc', 'ü'],
    ['9f018202039f0405ffff', [1, [2, 3], [4, 5]]],
    ['d9d9f783010203', [1, 2, 3]],
    [
      'bf6346756ef563416d7421ff',
      new Map<string, unknown>([
        ['Fun', true],
        ['Amt', -2],
      ]),
    ],
    ['f7', undefined],
  ])('reads %s', (bytes, expected) => {
    expect(readCbor(hex(bytes))).toEqual(expected);
  });

  it.each([
    ['nothing', '', 'ends too early'],
    ['a list that ends early', '8301', 'ends too early'],
    ['a list longer than memory', '9bffffffffffffffff', 'ends too early'],
    ['a text longer than the message', '7affffffff61', 'ends too early'],
    ['a key that stands there twice', 'a2010201ff', 'stands there twice'],
    ['a key that is a list', 'a18001', 'neither number nor text'],
    ['a text that is not UTF-8', '61ff', 'not UTF-8'],
    ['a text in pieces', '7f6161ff', 'left open'],
    ['a break on its own', 'ff', 'stands for nothing'],
    ['what follows its end', '0001', 'after its end'],
    ['a fraction of three parts', 'c4830102 03', 'no pair of numbers'],
    ['lists within lists', '81'.repeat(100), 'nested deeper'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readCbor(hex(bytes))).toThrow(CborFault);
    expect(() => readCbor(hex(bytes))).toThrow(message);
  });

  it('holds at most so many things, however few bytes they take', () => {
    const many = Buffer.concat([hex('9a00400000'), Buffer.alloc(2 ** 22, 0x80)]);
    expect(() => readCbor(many)).toThrow('more than 1000000 things');
  });

  it('reads back whatever was encoded, and throws nothing else whatever the bytes are', () => {
    const anything = fc.jsonValue({ maxDepth: 4 });
    fc.assert(
      fc.property(anything, (value) => {
        const back = JSON.stringify(readCbor(encodeCbor(value)), (_, each: unknown) =>
          each instanceof Map ? Object.fromEntries(each as Map<string, unknown>) : each,
        );
        expect(JSON.parse(back)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    const spoilt = fc
      .tuple(
        anything,
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
        fc.nat(),
      )
      .map(([value, changes, length]) => {
        const bytes = encodeCbor(value);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        return bytes.subarray(0, length % (bytes.length + 1));
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), spoilt), (bytes) => {
        try {
          readCbor(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(CborFault);
        }
      }),
      { numRuns: 5000 },
    );
  });
});

describe('a SenML pack in CBOR', () => {
  it('is read by its numbered labels: the beginning of RFC 8428’s own example', () => {
    const pack = readPack(
      hex(`82 a7 21 781b 75726e3a6465763a6f773a3130653230373361303130383030363a
        22 fb41d303a15b001062 23 6141 20 05 00 67766f6c74616765 01 6156 02 fb405e066666666666
        a3 00 6763757272656e74 06 24 02 fb3ff3333333333333`),
    );
    expect(pack).toEqual({
      ok: true,
      value: [
        {
          ...{ bn: 'urn:dev:ow:10e2073a0108006:', bt: 1276020076.001, bu: 'A', bver: 5 },
          ...{ n: 'voltage', u: 'V', v: 120.1 },
        },
        { n: 'current', t: -5, v: 1.2 },
      ],
    });
  });

  it('says the same as in JSON, whatever it holds', () => {
    const label = fc.constantFrom(...LABELS, ...BASE_LABELS, 'x_', '__proto__', 'other');
    // JSON knows no −0.
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
      fc.integer(),
      fc.string(),
      fc.boolean(),
    );
    const entry = fc.dictionary(label, value);
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 6 }), (pack) => {
        const json = readPack(Buffer.from(JSON.stringify(pack)));
        expect(readPack(encodePack(pack))).toEqual(json);
      }),
    );
  });

  it('becomes readings as one in JSON does', () => {
    const parsed = parseProfile(
      `profile: own
format: senml
match: { topic: 'x/{site}' }
meter: '{device}'
fields:
  - { path: '/{device}:power', to: activePowerW }
  - { path: '/{device}:power/s', to: energyForwardWh, register: persistent }
samples:
  - { topic: x/y, receivedAt: '2026-03-02T09:15:04Z', payload: '', expect: [], reject: [payload-empty] }
`,
      'own.yaml',
    );
    if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
    const at = Date.parse('2026-03-02T09:15:04Z');
    const decode = (payload: Buffer) =>
      decodeAlone(parsed.profile, { topic: 'x/y', payload, retain: false, receivedAt: at });
    const pack = [
      { bn: 'a1:', bu: 'kW', bt: at / 1000 - 60, n: 'power', v: 2.5, s: 7200 },
      { n: 'power', t: 30, v: 3 },
    ];
    const decoded = decode(encodePack(pack));
    expect(decoded.readings.map((reading) => [(reading.at - at) / 1000, reading.values])).toEqual([
      [-60, { activePowerW: 2500, energyForwardWh: 2000 }],
      [-30, { activePowerW: 3000 }],
    ]);
    expect(decoded).toEqual(decode(Buffer.from(JSON.stringify(pack))));
    const spoilt = encodePack(pack).subarray(0, -3);
    expect(decode(spoilt)).toMatchObject({ readings: [], rejections: [{ reason: 'payload-wrong-shape' }] });
  });

  it.each([
    ['a label that no table has', encodeCbor([new Map([[9, 1]])]), 'no label of SenML has the number 9'],
    [
      'a label told as number and as text',
      encodeCbor([
        new Map<unknown, unknown>([
          [2, 1],
          ['v', 2],
        ]),
      ]),
      'label v stands',
    ],
    ['bytes that end early', hex('81a10201').subarray(0, 3), 'ends too early'],
  ])('is refused with %s', (_, bytes, detail) => {
    const read = readPack(bytes);
    expect(read).toMatchObject({ ok: false, rejection: { reason: 'payload-wrong-shape' } });
    expect(read.ok ? '' : read.rejection.detail).toContain(detail);
  });

  it('has bytes, maps and lists as values that no field takes for a number', () => {
    expect(readPack(hex('82 a1 02 4101 a1 02 80'))).toEqual({ ok: true, value: [{ v: {} }, { v: {} }] });
    expect(readPack(encodeCbor([1, 'a']))).toEqual({ ok: true, value: [1, 'a'] });
  });

  it('is refused as every other payload when it has no bytes, or too many', () => {
    expect(readPack(new Uint8Array())).toMatchObject({ rejection: { reason: 'payload-empty' } });
    const huge = Buffer.alloc(4 * 1024 * 1024 + 1, 0x80);
    expect(readPack(huge)).toMatchObject({ rejection: { reason: 'payload-too-large' } });
  });
});
