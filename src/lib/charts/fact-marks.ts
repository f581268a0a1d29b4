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

const LABEL_HEIGHT = 16;

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
      let taken = Number.NEGATIVE_INFINITY;
      for (const [column, label] of [...labels].sort(([a], [b]) => a - b)) {
        const x = axis.getPixelForValue(column);
        const width = ctx.measureText(label).width + 8;
        // Columns are narrow on a phone: a number without room beside the one before stands under it.
        const top = chartArea.top + (x - width / 2 < taken ? LABEL_HEIGHT + 2 : 0);
        taken = x + width / 2 + 1;
        ctx.strokeStyle = theme.accent;
        ctx.beginPath();
        ctx.moveTo(x, top + LABEL_HEIGHT);
        ctx.lineTo(x, chartArea.bottom);
        ctx.stroke();
        ctx.fillStyle = theme.accent;
        ctx.fillRect(x - width / 2, top, width, LABEL_HEIGHT);
        ctx.fillStyle = theme.surface;
        ctx.fillText(label, x, top + 2);
      }
      ctx.restore();
    },
  };
}
