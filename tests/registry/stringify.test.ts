import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_REGISTRY } from '#lib/registry/lookup.ts';
import { parseRegistry } from '#lib/registry/parse.ts';
import { stringifyRegistry } from '#lib/registry/stringify.ts';
import { anyRegistry } from './any-registry.ts';

describe('an exported registry', () => {
  it('is read back exactly as it was, whatever stands in it', () => {
    fc.assert(
      fc.property(anyRegistry, (original) => {
        const parsed = parseRegistry(stringifyRegistry(original));
        if (!parsed.ok) throw new Error(`${JSON.stringify(parsed.problems)}\n${stringifyRegistry(original)}`);
        expect(parsed.registry).toEqual(original);
      }),
      { numRuns: 300 },
    );
  });

  it('is the same text when exported again, and the same JSON', () => {
    fc.assert(
      fc.property(anyRegistry, (original) => {
        const first = stringifyRegistry(original);
        const parsed = parseRegistry(first);
        if (!parsed.ok) throw new Error('refused');
        const second = stringifyRegistry(parsed.registry);
        const again = parseRegistry(second);
        expect(parseRegistry(stringifyRegistry(parsed.registry))).toEqual(again);
        expect(again.ok && JSON.stringify(again.registry)).toBe(JSON.stringify(parsed.registry));
      }),
      { numRuns: 100 },
    );
  });

  it('of nothing is a file that holds nothing', () => {
    expect(stringifyRegistry(EMPTY_REGISTRY)).toBe('missions: {}\n');
    expect(parseRegistry('missions: {}\n')).toEqual({ ok: true, registry: EMPTY_REGISTRY, warnings: [] });
  });

  it('shows each meter on one line and writes its defaults out', () => {
    const parsed = parseRegistry(
      'missions: { m: { name: M, zone: UTC, camps: { c: { name: C, meters: { genset-1: { source: diesel, ratedW: 500000 } } } } } }',
    );
    expect(parsed.ok && stringifyRegistry(parsed.registry)).toBe(`missions:
  m:
    name: M
    zone: UTC
    camps:
      c:
        name: C
        meters:
          genset-1: { source: diesel, ratedW: 500000, ownership: un-owned, expectedIntervalS: 60 }
`);
  });
});
