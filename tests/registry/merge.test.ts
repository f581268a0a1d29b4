import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differencesOf, missionsOf } from '#lib/registry/difference.ts';
import { EMPTY_REGISTRY } from '#lib/registry/lookup.ts';
import { mergeRegistries, pathText } from '#lib/registry/merge.ts';
import { parseRegistry } from '#lib/registry/parse.ts';
import { fromTree, toTree } from '#lib/registry/tree.ts';
import type { Registry } from '#lib/registry/types.ts';
import { anyRegistry } from './any-registry.ts';

const FILE = `
missions:
  unmiss:
    name: UNMISS
    zone: Africa/Juba
    grid:
      - { from: 2024-01-01, renewableFraction: 0.01 }
      - { from: 2025-01-01, renewableFraction: 0.02 }
    camps:
      juba:
        name: Juba
        meters:
          pv-1: { source: solar, ratedW: 700000 }
          constructor: { source: diesel, ratedW: 500000 }
pledges:
  - { country: BD, mission: unmiss, source: solar, ratedW: 500000, due: 2026-06-30 }
`;

function read(text: string): Registry {
  const parsed = parseRegistry(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.registry;
}

const base = read(FILE);
const edited = (...edits: [string, string][]): Registry =>
  read(edits.reduce((text, [from, to]) => text.replace(from, to), FILE));

describe('a registry as a tree', () => {
  it('comes back as it was, whatever stands in it', () => {
    fc.assert(
      fc.property(anyRegistry, (registry) => {
        expect(fromTree(toTree(registry))).toEqual(registry);
      }),
    );
  });
});

describe('the differences of two registries', () => {
  it('are none between one and itself, whatever stands in it', () => {
    fc.assert(
      fc.property(anyRegistry, (registry) => {
        expect(differencesOf(registry, structuredClone(registry))).toEqual([]);
      }),
    );
  });

  it('name the path, what stood there and what stands there, and what came or went once', () => {
    const after = edited(
      ['ratedW: 700000', 'ratedW: 800000'],
      ['pv-1', 'pv-2'],
      ['2025-01-01', '2026-01-01'],
    );
    expect(differencesOf(base, after).map(({ path }) => path.join(' '))).toEqual([
      'missions unmiss grid 2025-01-01',
      'missions unmiss grid 2026-01-01',
      'missions unmiss camps juba meters pv-1',
      'missions unmiss camps juba meters pv-2',
    ]);
    expect(differencesOf(base, edited(['ratedW: 700000', 'ratedW: 800000']))).toEqual([
      {
        path: ['missions', 'unmiss', 'camps', 'juba', 'meters', 'pv-1', 'ratedW'],
        before: 700_000,
        after: 800_000,
      },
    ]);
  });

  it('tell which mission they are about, for pledges too', () => {
    const [pledge] = differencesOf(base, edited(['ratedW: 500000, due', 'ratedW: 600000, due']));
    if (pledge === undefined) throw new Error('no difference');
    expect(missionsOf(pledge, [base])).toEqual(['unmiss']);
    const [gone] = differencesOf(base, EMPTY_REGISTRY);
    if (gone === undefined) throw new Error('no difference');
    expect(missionsOf(gone, [base])).toEqual(['unmiss']);
  });
});

describe('changes of two people', () => {
  it('are put together where they do not touch, in whichever order they are saved', () => {
    const mine = edited(
      ['ratedW: 700000', 'ratedW: 800000'],
      ['renewableFraction: 0.01', 'renewableFraction: 0.03'],
    );
    const theirs = edited(
      ['solar, ratedW: 700000', 'wind, ratedW: 700000'],
      ['name: Juba', 'name: UN House'],
    );
    const both = edited(
      ['solar, ratedW: 700000', 'wind, ratedW: 800000'],
      ['renewableFraction: 0.01', 'renewableFraction: 0.03'],
      ['name: Juba', 'name: UN House'],
    );
    expect(mergeRegistries({ base, mine, theirs })).toEqual({ ok: true, registry: both });
    expect(mergeRegistries({ base, mine: theirs, theirs: mine })).toEqual({ ok: true, registry: both });
  });

  it('that say the same are no conflict', () => {
    const same = edited(['ratedW: 700000', 'ratedW: 800000']);
    expect(mergeRegistries({ base, mine: same, theirs: structuredClone(same) })).toEqual({
      ok: true,
      registry: same,
    });
  });

  it('of one value are a conflict that names all three, until somebody chooses', () => {
    const mine = edited(['ratedW: 700000', 'ratedW: 800000']);
    const theirs = edited(['ratedW: 700000', 'ratedW: 600000'], ['name: Juba', 'name: UN House']);
    const path = ['missions', 'unmiss', 'camps', 'juba', 'meters', 'pv-1', 'ratedW'];
    expect(mergeRegistries({ base, mine, theirs })).toEqual({
      ok: false,
      reason: 'conflicts',
      conflicts: [{ path, base: 700_000, mine: 800_000, theirs: 600_000 }],
    });
    expect(mergeRegistries({ base, mine, theirs }, new Map([[pathText(path), 'mine']]))).toEqual({
      ok: true,
      registry: edited(['ratedW: 700000', 'ratedW: 800000'], ['name: Juba', 'name: UN House']),
    });
    expect(mergeRegistries({ base, mine, theirs }, new Map([[pathText(path), 'theirs']]))).toEqual({
      ok: true,
      registry: theirs,
    });
  });

  it('one that removes what the other edits is a conflict, never a meter half there', () => {
    const mine = edited(['          pv-1: { source: solar, ratedW: 700000 }\n', '']);
    const theirs = edited(['ratedW: 700000', 'ratedW: 600000']);
    const merged = mergeRegistries({ base, mine, theirs });
    expect(merged).toMatchObject({ reason: 'conflicts', conflicts: [{ mine: undefined }] });
    expect(merged.ok || merged.reason === 'problems' ? 0 : merged.conflicts.length).toBe(1);
  });

  it('that both add a meter of one name do not mix its parts', () => {
    const add = (line: string) => edited(['        meters:\n', `        meters:\n          new: ${line}\n`]);
    const merged = mergeRegistries({
      base,
      mine: add('{ source: solar, ratedW: 1000 }'),
      theirs: add('{ source: solar, ratedW: 1000, country: BD }'),
    });
    expect(merged).toMatchObject({ reason: 'conflicts' });
  });

  it('that are no registry together are told by the rules of the file', () => {
    const mine = edited([
      'pledges:\n',
      'pledges:\n  - { country: NP, mission: unmiss, source: wind, ratedW: 1000, due: 2027-01-01 }\n',
    ]);
    const without = { ...base, pledges: [] };
    expect(mergeRegistries({ base: without, mine, theirs: EMPTY_REGISTRY })).toMatchObject({
      reason: 'problems',
      problems: [{ path: 'pledges[0].mission' }, { path: 'pledges[1].mission' }],
    });
  });

  it('leave nothing of either out, whatever they were', () => {
    fc.assert(
      fc.property(anyRegistry, anyRegistry, (one, other) => {
        expect(mergeRegistries({ base: one, mine: one, theirs: other })).toEqual({
          ok: true,
          registry: other,
        });
        expect(mergeRegistries({ base: one, mine: other, theirs: one })).toEqual({
          ok: true,
          registry: other,
        });
        const taken = mergeRegistries({ base: EMPTY_REGISTRY, mine: one, theirs: other });
        // From nothing, all that one adds alone is there, or both added it and somebody has to choose.
        if (taken.ok)
          expect(Object.keys(taken.registry.missions).sort()).toEqual(
            [...new Set([...Object.keys(one.missions), ...Object.keys(other.missions)])].sort(),
          );
      }),
      { numRuns: 60 },
    );
  });
});
