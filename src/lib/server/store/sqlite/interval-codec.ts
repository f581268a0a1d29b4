/**
 * One meter's UTC day of intervals as one BLOB of `meter_day`, about 1.6 KB instead of 96 rows. Columnar:
 * neighbours in a column resemble each other, so most differences fit in one or two bytes.
 *
 * Lossless for every finite number (−0 is stored as 0). Layout, version 1:
 *
 *     version 1 byte · known 12 bytes (bit i: interval i is known)
 *     then per column: mode 1 byte · [present, 12 bytes, only with HAS_NULLS] · values
 *
 * Values by mode: ZERO nothing, DELTA zigzag varints of the difference to the value before, FLOAT 8 bytes each.
 */
import { INTERVALS_PER_DAY, type EnergyInterval } from '../../../energy/interval.ts';
import { AppError } from '../../errors.ts';
import { INTERVAL_FIELDS, POWER_FIELDS } from '../fields.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

type Intervals = readonly (EnergyInterval | null)[];
type Column = readonly (number | null)[];
type Columns = Readonly<Record<keyof EnergyInterval, Column>>;

const VERSION = 1;
const ZERO = 0;
const DELTA = 1;
const FLOAT = 2;
const HAS_NULLS = 4;

/** Differences of integers up to this size stay exact in a double, zigzag included. */
const MAX_DELTA_INTEGER = 2 ** 50;

const COLUMNS = [...INTERVAL_FIELDS, ...POWER_FIELDS] as const;

/** @throws RangeError when there are not 96 places */
export function encodeIntervals(intervals: Intervals): Uint8Array {
  if (intervals.length !== INTERVALS_PER_DAY) {
    throw new RangeError(`a day has ${String(INTERVALS_PER_DAY)} intervals, not ${String(intervals.length)}`);
  }
  const writer = new ByteWriter(2048);
  writer.byte(VERSION);
  writer.bits(intervals.map((interval) => interval !== null));
  const known = intervals.filter((interval) => interval !== null);
  for (const name of COLUMNS)
    writeColumn(
      writer,
      known.map((interval) => interval[name]),
    );
  return writer.finish();
}

/** @throws AppError STORE_REFUSED when the bytes are none that {@link encodeIntervals} made */
export function decodeIntervals(bytes: Uint8Array): (EnergyInterval | null)[] {
  return decoding(bytes, (reader, known, count) => {
    const columns = Object.fromEntries(
      COLUMNS.map((name) => [name, readColumn(reader, count)]),
    ) as unknown as Columns;
    let row = 0;
    return known.map((isKnown) => (isKnown ? intervalOf(columns, row++) : null));
  });
}

/** The columns a load curve needs, without the places of which nothing is known. */
export interface DayFlows {
  /** of each quarter of the day, whether it has a place */
  readonly known: readonly boolean[];
  readonly forwardWh: Column;
  readonly reverseWh: Column;
  readonly coveredS: Column;
}

/** No further than these columns lie, and no object for each quarter. @throws AppError STORE_REFUSED, as {@link decodeIntervals} */
export function decodeFlows(bytes: Uint8Array): DayFlows {
  return decoding(bytes, (reader, known, count) => {
    const [forwardWh, reverseWh] = [readColumn(reader, count), readColumn(reader, count)];
    // fuelMl lies between them.
    readColumn(reader, count);
    return { known, forwardWh, reverseWh, coveredS: readColumn(reader, count) };
  });
}

function decoding<T>(
  bytes: Uint8Array,
  decode: (reader: ByteReader, known: readonly boolean[], count: number) => T,
): T {
  try {
    const reader = new ByteReader(bytes);
    const version = reader.byte();
    if (version !== VERSION) throw new RangeError(`version ${String(version)} is not known`);
    const known = reader.bits(INTERVALS_PER_DAY);
    return decode(reader, known, known.filter(Boolean).length);
  } catch (cause) {
    throw new AppError(
      'STORE_REFUSED',
      'A stored day of intervals is damaged: restore a backup, or have the day recomputed.',
      {
        retryable: false,
        cause,
      },
    );
  }
}

/** Spelled out, because a year of a mission is hundreds of thousands of these: docs/decisions/0016-reading-intervals.md. */
function intervalOf(columns: Columns, row: number): EnergyInterval {
  return {
    forwardWh: columns.forwardWh[row] ?? missing(),
    reverseWh: columns.reverseWh[row] ?? missing(),
    fuelMl: columns.fuelMl[row] ?? missing(),
    coveredS: columns.coveredS[row] ?? missing(),
    recoveredWh: columns.recoveredWh[row] ?? missing(),
    estimatedWh: columns.estimatedWh[row] ?? missing(),
    manualWh: columns.manualWh[row] ?? missing(),
    implausibleWh: columns.implausibleWh[row] ?? missing(),
    flags: columns.flags[row] ?? missing(),
    minW: columns.minW[row] ?? null,
    maxW: columns.maxW[row] ?? null,
  };
}

function missing(): never {
  throw new RangeError('an interval has a place without its value');
}

function writeColumn(writer: ByteWriter, column: Column): void {
  const values = column.filter((value) => value !== null);
  const hasNulls = values.length < column.length;
  const mode = values.every((value) => value === 0)
    ? ZERO
    : values.every((value) => Number.isInteger(value) && Math.abs(value) <= MAX_DELTA_INTEGER)
      ? DELTA
      : FLOAT;
  writer.byte(hasNulls ? mode | HAS_NULLS : mode);
  if (hasNulls) writer.bits(padded(column.map((value) => value !== null)));
  if (mode === DELTA) {
    let before = 0;
    for (const value of values) {
      writer.signed(value - before);
      before = value;
    }
  } else if (mode === FLOAT) {
    for (const value of values) writer.float(value);
  }
}

function readColumn(reader: ByteReader, count: number): Column {
  const head = reader.byte();
  const mode = head & ~HAS_NULLS;
  const present = (head & HAS_NULLS) === 0 ? undefined : reader.bits(INTERVALS_PER_DAY);
  if (mode !== ZERO && mode !== DELTA && mode !== FLOAT)
    throw new RangeError(`column mode ${String(head)} is not known`);
  const column = new Array<number | null>(count).fill(0);
  if (mode === ZERO && present === undefined) return column;
  let before = 0;
  for (let row = 0; row < count; row++) {
    if (present?.[row] === false) column[row] = null;
    else if (mode === DELTA) column[row] = before += reader.signed();
    else if (mode === FLOAT) column[row] = reader.float();
  }
  return column;
}

function padded(bits: boolean[]): boolean[] {
  return [...bits, ...Array.from({ length: INTERVALS_PER_DAY - bits.length }, () => false)];
}
