import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QUANTITIES } from '#lib/energy/quantity.ts';
import { meterRef } from '#lib/energy/reading.ts';
import {
  createReadingEncoder,
  dayLines,
  ledgerLine,
  quoted,
  seriesOf,
} from '#lib/server/store/influx/line-protocol.ts';
import { periodAt, periodOf } from '#lib/server/store/influx/period.ts';
import { DAY0, entry, interval, meterDay, reading, T0 } from '../samples.ts';

const meter = meterRef('unmiss', 'juba', 'genset-1');

/** Reads a series key as InfluxDB does: a backslash takes away the meaning of a comma, equals sign or space. */
function parseSeries(text: string): string[] {
  return text.split(/(?<!\\)[,=]/).map((part) => part.replace(/\\([,= ])/g, '$1'));
}

describe('the line protocol', () => {
  it('sorts tags as InfluxDB does, so that it need not', () => {
    expect(seriesOf('m', { zone: '1', alpha: '2', 'alpha-b': '3', Beta: '4' })).toBe(
      'm,Beta=4,alpha=2,alpha-b=3,zone=1',
    );
  });

  it('I12: brings any tag through or refuses it, but never lets it become something else', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '\\', ',', '=', ' ', '"', '\n', '\0', 'é', '😀', '#'),
    });
    fc.assert(
      fc.property(text, text, (name, value) => {
        let series: string;
        try {
          series = seriesOf('m', { [`t${name}`]: value });
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          return;
        }
        expect(series).not.toMatch(/[\n\0]/);
        // A backslash right before a special character can not be told from an escape: those names do not survive.
        if (/\\[,= ]/.test(name + value)) return;
        expect(parseSeries(series)).toEqual(['m', `t${name}`, value]);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['', 'ends with \\', 'new\nline', 'nul\0', 'tab\t', 'delete\x7f', 'c1\x85'])(
    'refuses the tag %j',
    (tag) => {
      expect(() => seriesOf('m', { tag })).toThrow(RangeError);
    },
  );

  it('quotes text so that it ends where it should', () => {
    expect(quoted('{"a":"\\\\n"}')).toBe('"{\\"a\\":\\"\\\\\\\\n\\"}"');
    expect(() => quoted('a\nb')).toThrow(RangeError);
  });

  it('writes every finite number in a form that means the same number', () => {
    const encode = createReadingEncoder();
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom(...QUANTITIES),
        (value, name) => {
          const line = encode(reading(meter, T0, { [name]: value }));
          const [, field, at] = line.split(' ');
          expect(field).toMatch(/^\w+=-?\d+(\.\d+)?(e[+-]\d+)?$/);
          expect(Number(field?.split('=')[1]) === value).toBe(true);
          expect(at).toBe(String(T0));
        },
      ),
    );
  });

  it('refuses numbers that are none in accounts', () => {
    const day = meterDay(meter, DAY0, { 0: interval({ forwardWh: NaN }) });
    const changed = Uint8Array.of(1);
    expect(() => dayLines({ day, known: 1n, withdrawn: 0n, changed })).toThrow(RangeError);
    expect(() => ledgerLine(entry({ energyWh: Infinity }))).toThrow(RangeError);
  });

  it('puts a local period at the UTC midnight of its date', () => {
    expect(periodAt('2026-11-01')).toBe(T0);
    expect(periodAt('2026-11')).toBe(T0);
    expect(periodOf(T0, 'day')).toBe('2026-11-01');
    expect(periodOf(T0, 'month')).toBe('2026-11');
    for (const wrong of ['', '2026', '2026-13', '26-01-01', '2026-11-01T00:00', `2026-11' OR 1`]) {
      expect(() => periodAt(wrong)).toThrow(TypeError);
    }
  });
});
