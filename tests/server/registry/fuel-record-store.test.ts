/** Fuel written down: added, superseded, withdrawn, and never changed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FuelDelivery } from '#lib/registry/fuel-record.ts';
import { openAppDatabase } from '#lib/server/registry/app-database.ts';
import { openFuelRecordStore, type FuelRecordStore } from '#lib/server/registry/fuel-record-store.ts';

const MADE_AT = Date.UTC(2026, 5, 1);
const SIGNED = { author: 'A. Officer', reason: 'the note', madeAt: MADE_AT };
const delivery = (rest: Partial<FuelDelivery> = {}): FuelDelivery => ({
  kind: 'delivery',
  mission: 'unmiss',
  camp: 'juba',
  date: '2026-05-04',
  volumeMl: 38_000_000,
  reference: 'DN-1',
  ...rest,
});

let folder: string;
let store: FuelRecordStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bluewatt-fuel-'));
  store = openFuelRecordStore(folder);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

describe('Fuel records', () => {
  it('come back as they were written, with who signed them', () => {
    const stock = { kind: 'stock', mission: 'unmiss', camp: 'juba', at: 5e11 * 3, volumeMl: 0 } as const;
    store.add([delivery(), stock], SIGNED);
    const beside = openFuelRecordStore(folder);
    expect(beside.current()).toEqual([
      { ...delivery(), id: 1, ...SIGNED, supersedes: null, supersededBy: null, withdrawn: null },
      { ...stock, id: 2, ...SIGNED, supersedes: null, supersededBy: null, withdrawn: null },
    ]);
    beside.close();
  });

  it('tell of one delivery once, until one supersedes the other', () => {
    store.add([delivery()], SIGNED);
    expect(() => store.add([delivery({ volumeMl: 1 })], SIGNED)).toThrow(
      /already tells of the same delivery/,
    );
    store.add([delivery({ volumeMl: 1, supersedes: 1 } as Partial<FuelDelivery>)], SIGNED);
    store.add([delivery({ reference: 'DN-2' }), delivery({ camp: 'bor' })], SIGNED);
    expect(store.current().map(({ id }) => id)).toEqual([2, 3, 4]);
  });

  it('are all taken or none, and only signed', () => {
    const wrong = delivery({ volumeMl: -1, reference: 'DN-9' });
    expect(() => store.add([delivery(), wrong], SIGNED)).toThrow(
      expect.objectContaining({ code: 'FUEL_RECORD_INVALID' }) as Error,
    );
    expect(() => store.add([delivery()], { ...SIGNED, reason: ' ' })).toThrow(
      /needs a reason: how it is known/,
    );
    expect(store.history()).toEqual([]);
  });

  it('stay in the file for good, whoever asks it otherwise', () => {
    store.add([delivery()], SIGNED);
    store.withdraw(1, { ...SIGNED, reason: 'another camp' });
    const database = openAppDatabase(folder);
    for (const statement of [
      'UPDATE fuel_record SET volume_ml = 1',
      'DELETE FROM fuel_record',
      'UPDATE fuel_record_withdrawal SET author = 1',
      'DELETE FROM fuel_record_withdrawal',
    ]) {
      expect(() => {
        database.exec(statement);
      }).toThrow(/never/);
    }
    database.close();
    expect(store.current()).toEqual([]);
    expect(store.history()[0]?.withdrawn?.reason).toBe('another camp');
  });
});
