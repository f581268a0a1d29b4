/**
 * Readings and accounts as InfluxDB line protocol, ms precision: tags sorted, text escaped, finite floats
 * only. What can't be written unambiguously is refused here, so no line ever says something else than was meant.
 */
import type { LedgerEntry } from '../../../energy/ledger.ts';
import { LEDGER_AMOUNTS } from '../../../energy/ledger.ts';
import { INTERVAL_MS, DAY_MS, type EnergyInterval, type MeterDay } from '../../../energy/interval.ts';
import type { MeterRef, Reading } from '../../../energy/reading.ts';
import { INTERVAL_FIELDS, POWER_FIELDS } from '../fields.ts';
import { periodAt } from './period.ts';

/** Meters whose escaped tags are kept: more than any installation has, few enough to bound memory. */
const MAX_PREFIXES = 100_000;

/**
 * `measurement,tag=value,...`, tags in the order InfluxDB sorts them.
 * @throws RangeError for a control character, a trailing backslash or an empty value
 */
export function seriesOf(measurement: string, tags: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = sorted.map(([name, value]) => `${escapeText(name, /[,= ]/g)}=${escapeText(value, /[,= ]/g)}`);
  return [escapeText(measurement, /[, ]/g), ...parts].join(',');
}

function escapeText(text: string, special: RegExp): string {
  if (text === '' || text.endsWith('\\') || /\p{Cc}/u.test(text)) {
    throw new RangeError(`${JSON.stringify(text).slice(0, 80)} can't be written as line protocol`);
  }
  return text.replace(special, '\\$&');
}

/** A string field's value, quoted. @throws RangeError for a control character */
export function quoted(text: string): string {
  if (/\p{Cc}/u.test(text)) throw new RangeError('a string field holds a control character');
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** @throws RangeError for NaN and infinities, which InfluxDB does not know */
function float(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${String(value)} is no finite number`);
  return String(value);
}

/** Encodes acceptable readings, one line each. Remembers the escaped tags of each meter. */
export function createReadingEncoder(): (reading: Reading) => string {
  const prefixes = new Map<string, string>();

  function prefixOf(meter: MeterRef): string {
    const known = prefixes.get(meter.key);
    if (known !== undefined) return known;
    if (prefixes.size >= MAX_PREFIXES) prefixes.clear();
    const prefix = `${seriesOf('reading', tagsOf(meter))} `;
    prefixes.set(meter.key, prefix);
    return prefix;
  }

  return ({ meter, at, values }) => {
    let line = prefixOf(meter);
    let separator = '';
    for (const name in values) {
      line += `${separator}${name}=${String(values[name as keyof typeof values])}`;
      separator = ',';
    }
    return `${line} ${String(at)}`;
  };
}

export interface DayToWrite {
  readonly day: MeterDay;
  /** which intervals are known, and which were known before and no longer are: bit i for interval i */
  readonly known: bigint;
  readonly withdrawn: bigint;
  /** by index, 1 for each known interval that is not in the store as it stands */
  readonly changed: Uint8Array;
}

/**
 * One meter's day: a line per known interval that changed, one per interval that was known before and no longer
 * is, and the checkpoint. All go out in one request.
 */
export function dayLines({
  day: { meter, day, start, intervals },
  known,
  withdrawn,
  changed,
}: DayToWrite): string[] {
  const tags = tagsOf(meter);
  const series = seriesOf('energy', tags);
  const lines: string[] = [];
  for (const [index, interval] of intervals.entries()) {
    const at = day * DAY_MS + index * INTERVAL_MS;
    if (interval !== null) {
      if (changed[index] === 1) lines.push(`${series} ${intervalFields(interval)} ${String(at)}`);
    } else if (withdrawn !== 0n && ((withdrawn >> BigInt(index)) & 1n) === 1n) {
      lines.push(`${series} ${WITHDRAWN_INTERVAL} ${String(at)}`);
    }
  }
  const checkpoint = `start=${quoted(JSON.stringify(start))},known=${quoted(known.toString(16))}`;
  lines.push(`${seriesOf('checkpoint', tags)} ${checkpoint} ${String(day * DAY_MS)}`);
  return lines;
}

// InfluxDB merges fields, so what is no longer so must be overwritten: `known` and `powerKnown` say 0 then.
const WITHDRAWN_INTERVAL = [...INTERVAL_FIELDS, 'known', 'powerKnown'].map((name) => `${name}=0`).join(',');
const WITHDRAWN_ENTRY = [...LEDGER_AMOUNTS, 'known'].map((name) => `${name}=0`).join(',');

function intervalFields(interval: EnergyInterval): string {
  const fields = INTERVAL_FIELDS.map((name) => `${name}=${float(interval[name])}`);
  for (const name of POWER_FIELDS) {
    const value = interval[name];
    if (value !== null) fields.push(`${name}=${float(value)}`);
  }
  fields.push('known=1', `powerKnown=${powerKnown(interval)}`);
  return fields.join(',');
}

/** Which of minW (1) and maxW (2) have a value: a bit each. */
function powerKnown({ minW, maxW }: EnergyInterval): string {
  return String((minW === null ? 0 : 1) + (maxW === null ? 0 : 2));
}

/** One line for a ledger entry, or for one that is no longer true. An entry without a camp is a sum over camps. */
export function ledgerLine(
  entry: LedgerEntry,
  { measurement = 'ledger', withdrawn = false }: { measurement?: string; withdrawn?: boolean } = {},
): string {
  const { level, mission, camp, source, ownership, contributor, period } = entry;
  const fields = withdrawn
    ? WITHDRAWN_ENTRY
    : `${LEDGER_AMOUNTS.map((name) => `${name}=${float(entry[name])}`).join(',')},known=1`;
  const tags = {
    level,
    mission,
    ...(camp !== '' && { camp }),
    source,
    ownership,
    ...(contributor !== undefined && { contributor }),
  };
  return `${seriesOf(measurement, tags)} ${fields} ${String(periodAt(period))}`;
}

function tagsOf({ mission, camp, meter }: MeterRef): Record<string, string> {
  return { mission, camp, meter };
}
