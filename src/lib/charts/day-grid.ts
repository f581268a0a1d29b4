/**
 * A calendar heat map: one square a day, a column a week (Monday first), shaded by the renewable share in five
 * steps. A day without data is an outline, never the lightest shade. Pure.
 */
export interface DayGrid {
  /** one SVG path a shade, 0..4 the fifths of the share, the last the days without data */
  readonly paths: readonly string[];
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

function levelOf(share: number | null): number {
  if (share === null) return DAY_LEVELS;
  return Math.min(DAY_LEVELS - 1, Math.max(0, Math.floor(share * DAY_LEVELS)));
}

/** `days` ascending and without gap. */
export function dayGrid(days: readonly { readonly date: string; readonly share: number | null }[]): DayGrid {
  const paths = Array.from({ length: DAY_LEVELS + 1 }, () => '');
  const months: { column: number; date: string }[] = [];
  // Monday of the first week; 1970-01-01 was a Thursday.
  const first = Date.parse(days[0]?.date ?? '1970-01-05') / DAY_MS;
  const monday = first - ((first + 3) % 7);
  let columns = 0;
  for (const [index, { date, share }] of days.entries()) {
    const offset = Date.parse(date) / DAY_MS - monday;
    const column = Math.floor(offset / 7);
    const level = levelOf(share);
    const square = `M${String(column * PITCH)} ${String((offset % 7) * PITCH)}h${String(SIDE)}v${String(SIDE)}h-${String(SIDE)}z`;
    paths[level] = (paths[level] ?? '') + square;
    if (index === 0 || date.endsWith('-01')) months.push({ column, date });
    columns = column + 1;
  }
  return {
    paths,
    columns,
    months: months
      .filter(({ column }, i) => (months[i + 1]?.column ?? Infinity) - column >= NAME_COLUMNS)
      .map(({ column, date }) => ({ x: column * PITCH, date })),
    width: columns * PITCH,
    height: 7 * PITCH,
  };
}
