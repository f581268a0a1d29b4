/** CSV files as spreadsheets, loggers and people write them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspectCsv, readRows, type CsvRow } from '../../../../ingest/history/import/csv-file.ts';
import { parseNumber } from '../../../../ingest/history/import/number-cell.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bluewatt-csv-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function fileOf(content: string | Buffer): string {
  const file = join(folder, 'table.csv');
  writeFileSync(file, content);
  return file;
}

async function rowsOf(content: string): Promise<CsvRow[]> {
  const file = fileOf(content);
  return Array.fromAsync(readRows(file, inspectCsv(file)));
}

describe('The form of a file', () => {
  it('is found out: delimiter, decimal mark, and trimmed names of the columns', () => {
    const forms = [
      'a,b\n1.5,2',
      'a;b\n1,5;2',
      'a\tb\n1,5\t2',
      '\uFEFFa , b \r\n1,2',
      '"a";"b"\n"1,5";""',
    ].map((text) => inspectCsv(fileOf(text)));
    expect(forms.map(({ delimiter, decimalMark }) => delimiter + decimalMark)).toEqual([
      ',.',
      ';,',
      '\t,',
      ',.',
      ';,',
    ]);
    expect(forms.every(({ header }) => header.join() === 'a,b')).toBe(true);
  });

  it('is asked for where a mark may part thousands, or both marks are used', () => {
    expect(() => inspectCsv(fileOf('a;b\n1,234;2,345'))).toThrow(/--decimal/);
    expect(() => inspectCsv(fileOf('a;b\n1,5;2.5'))).toThrow(/--decimal/);
    expect(inspectCsv(fileOf('a;b\n1,234;2,34')).decimalMark).toBe(',');
    expect(inspectCsv(fileOf('a;b\n1,234;2,345'), '.').decimalMark).toBe('.');
  });

  it('is refused where there is none', () => {
    expect(() => inspectCsv(fileOf(''))).toThrow(/is no table/);
    expect(() => inspectCsv(fileOf('one column\n1'))).toThrow(/is no table/);
    expect(() => inspectCsv(fileOf(Buffer.from('a,b\n1,2', 'utf16le')))).toThrow(/not UTF-8/);
    expect(() => inspectCsv(join(folder, 'nowhere.csv'))).toThrow(/cannot be read/);
  });

  it('is found out from the whole lines of the beginning of a file of any size', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `${String(i)},5;x`).join('\n');
    const file = fileOf(`a;b\n${rows}`);
    expect(inspectCsv(file)).toMatchObject({ delimiter: ';', decimalMark: ',' });
    expect(await Array.fromAsync(readRows(file, inspectCsv(file)))).toHaveLength(20_000);
  });
});

describe('Rows', () => {
  it('come with the line they end in, quoted line ends and empty lines counted', async () => {
    expect(await rowsOf('a,b\n1,2\n\n"x\ny",3\n')).toEqual([
      { line: 2, cells: ['1', '2'] },
      { line: 5, cells: ['x\ny', '3'] },
    ]);
  });

  it('of another width come as they are, for the reader to tell', async () => {
    expect((await rowsOf('a,b\n1\n1,2,3')).map(({ cells }) => cells.length)).toEqual([1, 3]);
  });

  it('before a quote that never ends are given, then the file is refused', async () => {
    const file = fileOf('a,b\n1,2\n3,"4');
    const given: CsvRow[] = [];
    await expect(async () => {
      for await (const row of readRows(file, inspectCsv(file))) given.push(row);
    }).rejects.toThrow(/The lines before it were taken/);
    expect(given).toHaveLength(1);
  });
});

describe('A cell with a number', () => {
  it('is read by the file’s decimal mark alone', () => {
    const read = (text: string, mark: '.' | ',') => {
      const result = parseNumber(text, mark);
      return result.ok ? result.value : null;
    };
    expect(
      ['1234.5', ' +7 ', '-0', "'-3", '1e3', '.5', '1,5', '1 000', '5 kWh', '', 'NaN'].map((t) =>
        read(t, '.'),
      ),
    ).toEqual([1234.5, 7, 0, -3, 1000, null, null, null, null, null, null]);
    expect(['1,5', '1.5', '1.234,5', '1,2,3', '7'].map((t) => read(t, ','))).toEqual([
      1.5,
      null,
      null,
      null,
      7,
    ]);
  });
});
