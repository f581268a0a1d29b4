import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markLabels } from '#lib/charts/fact-marks.ts';

describe('the numbered days of a chart', () => {
  it('share a line where they fall into one column, runs in short', () => {
    expect([...markLabels([0, 2, 2, 5, 5, 5, 7, 9, 7])]).toEqual([
      [0, '1'],
      [2, '2, 3'],
      [5, '4–6'],
      [7, '7, 9'],
      [9, '8'],
    ]);
  });

  it('leave out what lies outside of the chart, and keep the numbers of the list', () => {
    expect([...markLabels([-1, 3, -1, 4])]).toEqual([
      [3, '2'],
      [4, '4'],
    ]);
    expect(markLabels([]).size).toBe(0);
  });

  it('name each column once', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1, max: 12 }), { maxLength: 40 }), (marks) => {
        const columns = new Set(marks.filter((column) => column >= 0));
        expect(new Set(markLabels(marks).keys())).toEqual(columns);
      }),
    );
  });
});
