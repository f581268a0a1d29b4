import { describe, expect, it } from 'vitest';
import { toCsv } from '#lib/format/csv.ts';

describe('CSV', () => {
  it('makes cells that a spreadsheet would run harmless', () => {
    for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '\t=1', '\r=1']) {
      expect(toCsv([[text]]).replace(/^"/, '')).toMatch(/^'/);
    }
  });

  it('leaves negative numbers numbers', () => {
    expect(toCsv([[-1.5, 0, null, Number.NaN]])).toBe('-1.5,0,,\r\n');
  });

  it('quotes what would break a row', () => {
    expect(toCsv([['a,b', 'say "hi"', 'two\nlines']])).toBe('"a,b","say ""hi""","two\nlines"\r\n');
  });
});
