import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { meterRef } from '#lib/energy/reading.ts';
import type { NewCorrection } from '#lib/registry/correction.ts';
import { openAppDatabase } from '#lib/server/registry/app-database.ts';
import { openCorrectionStore, type CorrectionStore } from '#lib/server/registry/correction-store.ts';

const DAY = Date.UTC(2026, 9, 1);
const HOUR = 3_600_000;
const SIGNED = { author: 'A. Officer', reason: 'the log book', madeAt: Date.UTC(2026, 10, 1) };
const METER = meterRef('unmiss', 'juba', 'pv-1');

function replacement(change: Partial<NewCorrection> = {}): NewCorrection {
  const effect = { kind: 'replace', known: 'manual', energyWh: 1_000 } as const;
  return { meter: METER, from: DAY, to: DAY + HOUR, effect, ...change };
}

describe('The store of corrections', () => {
  let folder: string;
  let store: CorrectionStore;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bluewatt-corrections-'));
    store = openCorrectionStore(folder);
  });
  afterEach(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('keeps a correction with who made it, when and why', () => {
    const [made] = store.add([replacement()], SIGNED);
    expect(made).toMatchObject({ id: 1, supersedes: null, ...SIGNED });
    expect(store.current()).toMatchObject([{ ...made }]);
    expect(store.history()).toEqual([{ ...made, supersededBy: null, withdrawn: null }]);
  });

  it('keeps those that were superseded or withdrawn on record, out of force', () => {
    store.add([replacement()], SIGNED);
    store.add([replacement({ supersedes: 1, to: DAY + 2 * HOUR })], SIGNED);
    const end = { author: 'B. Auditor', reason: 'the log book was wrong', madeAt: SIGNED.madeAt + 1 };
    store.withdraw(2, end);
    expect(store.current()).toEqual([]);
    expect(
      store.history().map(({ id, supersededBy, withdrawn }) => ({ id, supersededBy, withdrawn })),
    ).toEqual([
      { id: 1, supersededBy: 2, withdrawn: null },
      { id: 2, supersededBy: null, withdrawn: end },
    ]);
  });

  it('is noticed by whoever else holds it open, and gives the same list until something changes', () => {
    const other = openCorrectionStore(folder);
    try {
      const before = other.current();
      expect(other.current()).toBe(before);
      store.add([replacement()], SIGNED);
      expect(other.current().map(({ id }) => id)).toEqual([1]);
      expect(other.current()).toBe(other.current());
    } finally {
      other.close();
    }
  });

  it('refuses what could not be followed later, and says what to do', () => {
    store.add([replacement()], SIGNED);
    const cases: readonly (readonly [NewCorrection, RegExp])[] = [
      [replacement(), /Correction 1 already says what holds of unmiss\/juba\/pv-1/],
      [replacement({ from: DAY + 60_000, to: DAY + 61_000 }), /whole quarters of an hour/],
      [replacement({ from: DAY, to: SIGNED.madeAt + HOUR }), /ends in the future/],
      [replacement({ from: DAY, to: DAY }), /begin before it ends/],
      [replacement({ effect: { kind: 'replace', known: 'manual' } }), /needs a figure/],
      [replacement({ effect: { kind: 'replace', known: 'manual', energyWh: -1 } }), /whole number of Wh/],
      [replacement({ effect: { kind: 'scale', of: 'energy', factor: 0 } }), /factor has to be above 0/],
      [replacement({ supersedes: 9 }), /There is no correction 9/],
    ];
    for (const [correction, words] of cases) {
      expect(() => store.add([correction], SIGNED)).toThrow(words);
    }
    expect(() => store.add([replacement({ supersedes: 1 })], { ...SIGNED, author: ' ' })).toThrow(/author/);
    expect(() => store.add([replacement({ supersedes: 1 })], { ...SIGNED, reason: '' })).toThrow(/reason/);
    expect(() => store.withdraw(2, SIGNED)).toThrow(/There is no correction 2/);
    expect(store.history()).toHaveLength(1);
  });

  it('adds all of a list or nothing of it', () => {
    const second = replacement({ from: DAY + HOUR, to: DAY + 2 * HOUR });
    expect(() => store.add([second, replacement({ from: DAY, to: DAY - 1 })], SIGNED)).toThrow();
    expect(store.current()).toEqual([]);
  });

  it('cannot be changed in the file either', () => {
    store.add([replacement()], SIGNED);
    const database = openAppDatabase(folder);
    try {
      expect(() => database.exec(`UPDATE correction SET reason = ''`)).toThrow(/superseded, never changed/);
      expect(() => database.exec('DELETE FROM correction')).toThrow(/withdrawn, never deleted/);
    } finally {
      database.close();
    }
  });
});
