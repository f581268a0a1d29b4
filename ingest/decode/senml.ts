/**
 * SenML packs (RFC 8428) → resolved records: base name, time, unit, value and sum worked in, the time either an
 * instant or an age. Texts and data are left out: no quantity is measured by them.
 */
import { describeFound } from './found.ts';
import type { RecordInstant } from './profile.ts';
import type { RejectionList } from './rejection-list.ts';

export interface ResolvedRecord {
  readonly name: string;
  /** as the pack tells it, e.g. `W`, `Cel`; undefined when it tells none. Of a sum: the unit of what is summed up */
  readonly unit: string | undefined;
  /** the values' integral over time, in their unit times seconds: of watts it is an energy */
  readonly isSum: boolean;
  readonly value: unknown;
  /** undefined: now */
  readonly instant: RecordInstant | undefined;
}

/** RFC 8428, section 4.4: what a later version says may not mean what this one takes it for. */
const VERSION = 10;
/** Section 4.5.3: below it a time is relative to now. */
const RELATIVE_BELOW_S = 2 ** 28;
const NAME = /^[A-Za-z0-9][A-Za-z0-9\-:./_]*$/;
const NAME_CHARS_MAX = 256;

interface Base {
  readonly name: string;
  readonly timeS: number;
  readonly unit: string | undefined;
  readonly value: number;
  readonly sum: number;
}

/** The records of `pack` that hold a value. What cannot be read is added to `rejections`. */
export function resolveSenml(pack: unknown, rejections: RejectionList): ResolvedRecord[] {
  if (!Array.isArray(pack)) {
    rejections.add('payload-wrong-shape', () => `found ${describeFound(pack)}; a SenML pack is an array`);
    return [];
  }
  let base: Base = { name: '', timeS: 0, unit: undefined, value: 0, sum: 0 };
  const records: ResolvedRecord[] = [];
  for (const [index, entry] of (pack as readonly unknown[]).entries()) {
    const refuse = (why: string): unknown =>
      rejections.add('payload-wrong-shape', () => `entry ${index + 1} of the SenML pack: ${why}`);
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
      refuse(`found ${describeFound(entry)}, not an object`);
      continue;
    }
    const fields = entry as Readonly<Record<string, unknown>>;
    const strange = strangeness(fields);
    if (strange !== undefined) {
      // Base values hold for all that follows: with one of them unread, so is the rest.
      refuse(`${strange}; it and what follows is not read`);
      return records;
    }
    base = { ...base, ...baseOf(fields) };
    // An entry without `s` has no sum here, though one could read a base sum as its own: a register is not guessed.
    for (const label of (['v', 's'] as const).filter((each) => Object.hasOwn(fields, each))) {
      const record = recordOf(fields, base, label);
      if (typeof record === 'string') {
        refuse(record);
        break;
      }
      records.push(record);
    }
  }
  return records;
}

/** Why an entry cannot be relied upon. */
function strangeness(fields: Readonly<Record<string, unknown>>): string | undefined {
  const { bver } = fields;
  if (bver !== undefined && !(typeof bver === 'number' && bver <= VERSION)) {
    return `version ${describeFound(bver)} is not ${VERSION} or earlier`;
  }
  const must = Object.keys(fields).find((key) => key.endsWith('_'));
  if (must !== undefined) return `${describeFound(must)} has to be understood and is not`;
  const isText = (key: string): boolean => fields[key] === undefined || typeof fields[key] === 'string';
  const isNumber = (key: string): boolean => fields[key] === undefined || typeof fields[key] === 'number';
  const wrong = [
    ...['bn', 'bu'].filter((key) => !isText(key)),
    ...['bt', 'bv', 'bs'].filter((key) => !isNumber(key)),
  ];
  return wrong[0] === undefined ? undefined : `${wrong[0]} is ${describeFound(fields[wrong[0]])}`;
}

function baseOf(fields: Readonly<Record<string, unknown>>): Partial<Base> {
  const { bn, bt, bu, bv, bs } = fields;
  return {
    ...(typeof bn === 'string' ? { name: bn } : {}),
    ...(typeof bt === 'number' ? { timeS: bt } : {}),
    ...(typeof bu === 'string' ? { unit: bu } : {}),
    ...(typeof bv === 'number' ? { value: bv } : {}),
    ...(typeof bs === 'number' ? { sum: bs } : {}),
  };
}

function recordOf(
  fields: Readonly<Record<string, unknown>>,
  base: Base,
  label: 'v' | 's',
): ResolvedRecord | string {
  const { n = '', u, t = 0, [label]: told } = fields;
  const isSum = label === 's';
  const name = typeof n === 'string' ? base.name + n : '';
  if (name.length > NAME_CHARS_MAX || !NAME.test(name)) return `its name is ${describeFound(name)}`;
  if (u !== undefined && typeof u !== 'string') return `u is ${describeFound(u)}`;
  if (typeof t !== 'number') return `t is ${describeFound(t)}`;
  const timeS = base.timeS + t;
  return {
    name,
    unit: u ?? base.unit,
    isSum,
    // What is no number stays as it is, for the field to refuse.
    value: typeof told === 'number' ? told + (isSum ? base.sum : base.value) : told,
    instant: timeS === 0 ? undefined : instantOf(timeS),
  };
}

function instantOf(timeS: number): RecordInstant {
  const ms = Math.round(timeS * 1000);
  return timeS >= RELATIVE_BELOW_S ? { kind: 'at', ms } : { kind: 'age', ms: -ms };
}
