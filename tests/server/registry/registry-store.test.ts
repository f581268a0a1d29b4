import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAppDatabase } from '#lib/server/registry/app-database.ts';
import { openRegistryStore, type RegistryStore } from '#lib/server/registry/registry-store.ts';
import { camp, meter, mission, registryOf } from '../queries/fixture.ts';

const WHY = { author: 'test', reason: 'test', savedAt: 0 };
const withMeters = (...names: string[]) =>
  registryOf({ m: mission({ c: camp(Object.fromEntries(names.map((name) => [name, meter('solar')]))) }) });

let folder: string;
let one: RegistryStore;
let other: RegistryStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bluewatt-registry-'));
  one = openRegistryStore(folder);
  other = openRegistryStore(folder);
});
afterEach(() => {
  one.close();
  other.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the registry store', () => {
  it('hands each edit the version that the other process has just saved', () => {
    one.save(withMeters('a'), WHY);
    const seen: string[][] = [];
    for (const [store, next] of [
      [other, 'b'],
      [one, 'c'],
    ] as const) {
      store.change((registry) => {
        const names = Object.keys(registry.missions['m']?.camps['c']?.meters ?? {});
        seen.push(names);
        return withMeters(...names, next);
      }, WHY);
    }
    expect(seen).toEqual([['a'], ['a', 'b']]);
    expect(other.current()).toEqual({ version: 3, registry: withMeters('a', 'b', 'c') });
  });

  it('makes no version of an edit that changes nothing, gives nothing, or throws', () => {
    one.save(withMeters('a'), WHY);
    expect(one.change(() => undefined, WHY).version).toBe(1);
    expect(one.change((registry) => structuredClone(registry), WHY).version).toBe(1);
    expect(() =>
      one.change(() => {
        throw new RangeError('no');
      }, WHY),
    ).toThrow(RangeError);
    expect(one.change(() => withMeters('b'), WHY).version).toBe(2);
  });

  it('tells every version again, newest first, with who saved it and why', () => {
    one.save(withMeters('a'), { author: 'A. Engineer', reason: 'first', savedAt: 1 });
    other.save(withMeters('a', 'b'), { author: 'B. Officer', reason: 'second', savedAt: 2 });
    expect(one.list({ limit: 10 })).toEqual([
      { version: 2, author: 'B. Officer', reason: 'second', savedAt: 2 },
      { version: 1, author: 'A. Engineer', reason: 'first', savedAt: 1 },
    ]);
    expect(one.list({ before: 2, limit: 1 }).map(({ version }) => version)).toEqual([1]);
    expect(one.at(1)).toEqual(withMeters('a'));
    expect(one.at(0)).toEqual({ missions: {}, pledges: [], sources: [] });
    expect(one.at(3)).toBeUndefined();
  });

  it('tells an edit which version it is given', () => {
    one.save(withMeters('a'), WHY);
    const seen: number[] = [];
    other.change((_, version) => {
      seen.push(version);
      return undefined;
    }, WHY);
    expect(seen).toEqual([1]);
  });

  it('says what to do when the file was damaged by hand', () => {
    one.save(withMeters('a'), WHY);
    const database = openAppDatabase(folder);
    database.exec(`INSERT INTO registry_version VALUES (9, 0, 'a', 'by hand', '{"missions": ')`);
    database.close();
    expect(() => other.current()).toThrow(
      expect.objectContaining({
        code: 'REGISTRY_INVALID',
        message: expect.stringMatching(/^Version 9 .*Restore app\.db/) as string,
      }) as Error,
    );
  });
});
