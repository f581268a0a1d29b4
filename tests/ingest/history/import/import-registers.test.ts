/** What is published and does not come back from the store is told, line by line, and never taken for stored. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteStore } from '#lib/server/store/sqlite/store.ts';
import type { Store } from '#lib/server/store/store.ts';
import type { CsvForm, CsvRow } from '../../../../ingest/history/import/csv-file.ts';
import { importRegisters } from '../../../../ingest/history/import/import-registers.ts';
import type { RegisterPublisher } from '../../../../ingest/history/import/register-publisher.ts';
import { longRows, type ImportValue } from '../../../../ingest/history/import/register-rows.ts';
import { ImportReport } from '../../../../ingest/history/import/report.ts';
import { campOf, meter } from '../../account/rig.ts';

const HEADER = ['at', 'mission', 'camp', 'meter', 'quantity', 'value'];
const FORM: CsvForm = { delimiter: ',', decimalMark: '.', header: HEADER };
const registry = campOf({ 'pv-1': meter('solar') });

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bluewatt-read-back-'));
  store = createSqliteStore({ file: join(folder, 'readings.db') });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

async function* rowsOf(values: readonly number[]): AsyncGenerator<CsvRow> {
  for (const [index, value] of values.entries()) {
    const at = new Date(Date.UTC(2026, 0, 1, 0, 15 * index)).toISOString();
    const cells = [at, 'unmiss', 'juba', 'pv-1', 'energyForwardWh', String(value)];
    yield await Promise.resolve({ line: index + 2, cells });
  }
}

/** @param keeps which of the published values reach the store, and as what */
async function take(values: readonly number[], keeps: (value: ImportValue) => number | undefined) {
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const report = new ImportReport({
    file: join(folder, 'table.csv'),
    form: FORM,
    isDryRun: false,
    canChange: false,
    say,
  });
  const publisher: RegisterPublisher = {
    async publish(published) {
      const kept = published.flatMap((each) => {
        const value = keeps(each);
        return value === undefined ? [] : [{ ...each, value }];
      });
      await store.writeReadings(
        kept.map(({ meter: ref, at, quantity, value }) => ({
          meter: ref,
          at,
          values: { [quantity]: value },
        })),
      );
    },
    close: () => Promise.resolve(),
  };
  const readRow = longRows({ form: FORM, registry, now: Date.UTC(2026, 5, 1) });
  let refusal: unknown;
  try {
    await importRegisters({ rows: rowsOf(values), readRow, store, publisher, report, patienceMs: 1 });
  } catch (error) {
    refusal = error;
  }
  const code = report.finish();
  report.close();
  const sum = said.find((line) => line.includes(' new, '));
  return { code, sum, refusal };
}

const refusedLines = () =>
  readFileSync(join(folder, 'table.refused.csv'), 'utf8').trim().split('\r\n').slice(1);

describe('Values published and looked for in the store', () => {
  it('are new when they are found there', async () => {
    const { code, sum, refusal } = await take([1, 2], ({ value }) => value);
    expect([code, sum, refusal]).toEqual([0, '2 new, 0 same, 0 differ, 0 refused.', undefined]);
  });

  it('are refused, each with its line, when they are not, and kept to be imported again', async () => {
    const { code, sum, refusal } = await take([1, 2, 3], ({ value }) => (value === 2 ? undefined : value));
    expect([code, sum, refusal]).toEqual([1, '2 new, 0 same, 0 differ, 1 refused.', undefined]);
    expect(refusedLines()).toEqual([
      expect.stringMatching(/^3,.*published, and not in the store after 0\.001 s.*,2$/),
    ]);
    const again = await take([1, 2, 3], ({ value }) => value);
    expect([again.code, again.sum]).toEqual([0, '1 new, 2 same, 0 differ, 0 refused.']);
  });

  it('differ when somebody else was faster', async () => {
    const { sum } = await take([1], () => 7);
    expect(sum).toBe('0 new, 0 same, 1 differ, 0 refused.');
    expect(refusedLines()[0]).toMatch(/^2,.*7 is stored/);
  });

  it('end the import when none of them arrives: nobody takes them', async () => {
    const { code, sum, refusal } = await take([1, 2], () => undefined);
    expect([code, sum]).toEqual([1, '0 new, 0 same, 0 differ, 2 refused.']);
    expect(String(refusal)).toMatch(/none of them reached the store: is the worker running/);
    expect(refusedLines()).toHaveLength(2);
  });
});
