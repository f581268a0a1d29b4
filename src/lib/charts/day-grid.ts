/**
 * A calendar heat map: one square a day, a column a week (Monday first), shaded in five steps of the share's own
 * range, so that days differ where the share moves by a few points only. A day without data is an outline, never the
 * lightest shade. Pure.
 */
export interface DayGrid {
  /** one SVG path a shade, 0..4 from the least share, the last the days without data */
  readonly paths: readonly string[];
  /** 0..1, where each shade begins and the last one ends: one more than there are shades */
  readonly bounds: readonly number[];
  readonly columns: number;
  /** where each month begins, with its first date */
  readonly months: readonly { readonly x: number; readonly date: string }[];
  readonly width: number;
  readonly height: number;
}

export const DAY_LEVELS = 5;
const DAY_MS = 86_400_000;
const PITCH = 13;
const SIDE = 11;
/** A month's name needs three columns: the stub of a month before the first of the next has no room. */
const NAME_COLUMNS = 3;

/** Widths of a shade in thousandths: round numbers, as an axis has them. */
const WIDTHS = [1, 2, 5, 10, 20, 50, 100, 200];

/** The narrowest five round steps that hold all shares, within 0 and 1. In thousandths, so that sums stay exact. */
function scaleOf(shares: readonly number[]): { start: number; width: number } {
  const least = Math.min(...shares, 1) * 1000;
  const most = Math.max(...shares, 0) * 1000;
  for (const width of WIDTHS) {
    const start = Math.max(0, Math.min(Math.floor(least / width) * width, 1000 - DAY_LEVELS * width));
    if (shares.length > 0 && most <= start + DAY_LEVELS * width) return { start, width };
  }
  return { start: 0, width: 1000 / DAY_LEVELS };
}

function levelOf(share: number | null, { start, width }: ReturnType<typeof scaleOf>): number {
  if (share === null) return DAY_LEVELS;
  return Math.min(DAY_LEVELS - 1, Math.max(0, Math.floor((share * 1000 - start) / width)));
}

/** `days` ascending and without gap. */
export function dayGrid(days: readonly { readonly date: string; readonly share: number | null }[]): DayGrid {
  const paths = Array.from({ length: DAY_LEVELS + 1 }, () => '');
  const scale = scaleOf(days.flatMap(({ share }) => (share === null ? [] : [share])));
  const months: { column: number; date: string }[] = [];
  // Monday of the first week; 1970-01-01 was a Thursday.
  const first = Date.parse(days[0]?.date ?? '1970-01-05') / DAY_MS;
  const monday = first - ((first + 3) % 7);
  let columns = 0;
  for (const [index, { date, share }] of days.entries()) {
    const offset = Date.parse(date) / DAY_MS - monday;
    const column = Math.floor(offset / 7);
    const level = levelOf(share, scale);
    const square = `M${String(column * PITCH)} ${String((offset % 7) * PITCH)}h${String(SIDE)}v${String(SIDE)}h-${String(SIDE)}z`;
    paths[level] = (paths[level] ?? '') + square;
    if (index === 0 || date.endsWith('-01')) months.push({ column, date });
    columns = column + 1;
  }
  return {
    paths,
    bounds: Array.from({ length: DAY_LEVELS + 1 }, (_, i) => (scale.start + i * scale.width) / 1000),
    columns,
    months: months
      .filter(({ column }, i) => (months[i + 1]?.column ?? Infinity) - column >= NAME_COLUMNS)
      .map(({ column, date }) => ({ x: column * PITCH, date })),
    width: columns * PITCH,
    height: 7 * PITCH,
  };
}
