/**
 * The numbered days of a chart: a line down the column in which something happened, under the number that its list
 * gives it. Facts of one column share a line. `markLabels` is pure; the plugin only draws them.
 */
import type { Plugin } from 'chart.js';
import type { ChartTheme } from './palette.ts';

/** Column → the numbers of its facts, from 1, in words short enough to stand over a column: "2", "3–5", "3, 7". */
export function markLabels(marks: readonly number[]): ReadonlyMap<number, string> {
  const numbers = new Map<number, number[]>();
  for (const [index, column] of marks.entries()) {
    if (column >= 0) numbers.set(column, [...(numbers.get(column) ?? []), index + 1]);
  }
  return new Map(
    [...numbers].map(([column, of]) => {
      const [first = 0, last = first] = [of[0], of.at(-1)];
      const isRun = of.length > 2 && last - first === of.length - 1;
      return [column, isRun ? `${String(first)}–${String(last)}` : of.join(', ')];
    }),
  );
}

export function factMarks(marks: readonly number[], theme: ChartTheme): Plugin<'bar' | 'line'> {
  const labels = markLabels(marks);
  return {
    id: 'fact-marks',
    afterDatasetsDraw({ ctx, chartArea, scales }) {
      const axis = scales['x'];
      if (axis === undefined) return;
      ctx.save();
      ctx.font = '600 11px system-ui, sans-serif';
      ctx.textAlign = 'center';
      ctx.textBaseline = 'top';
      ctx.setLineDash([2, 3]);
      for (const [column, label] of labels) {
        const x = axis.getPixelForValue(column);
        ctx.strokeStyle = theme.accent;
        ctx.beginPath();
        ctx.moveTo(x, chartArea.top + 16);
        ctx.lineTo(x, chartArea.bottom);
        ctx.stroke();
        const width = ctx.measureText(label).width + 8;
        ctx.fillStyle = theme.accent;
        ctx.fillRect(x - width / 2, chartArea.top, width, 16);
        ctx.fillStyle = theme.surface;
        ctx.fillText(label, x, chartArea.top + 2);
      }
      ctx.restore();
    },
  };
}
