/**
 * A genset's service as somebody typed it into a form: which parts, at which hour of its counter. Read strictly, and
 * kept under the very rules of the registry file. Pure: the registry comes in, another one goes out.
 */
import type { MeterRef } from '../energy/reading.ts';
import { numeral } from './assign.ts';
import { editPart } from './edit.ts';
import { METER_FORM } from './form-shapes.ts';
import { meterOf } from './lookup.ts';
import { isAuthor } from './note.ts';
import type { Registry } from './types.ts';

export const SERVICE_PARTS = ['oil', 'fuelFilter'] as const;
export type ServicePart = (typeof SERVICE_PARTS)[number];
export const SERVICE_FIELDS = ['meter', 'hours', ...SERVICE_PARTS, 'author'] as const;
export type ServiceField = 'meter' | 'hours' | 'parts' | 'author';
/** As typed; a field that is missing or blank says nothing. */
export type ServiceText = Readonly<Partial<Record<(typeof SERVICE_FIELDS)[number], string>>>;

const RECORD = { oil: 'oilAtH', fuelFilter: 'fuelFilterAtH' } as const;

/** What the genset's hour counter told, and when. */
export interface HourCounter {
  readonly hours: number;
  /** epoch ms */
  readonly at: number;
}

/** Running hours between which a service can have been: not before the one on record, not after what the counter can say by now. */
export interface ServiceRange {
  readonly least: number;
  readonly most: number;
}

export type ReadService =
  | {
      readonly ok: true;
      readonly registry: Registry;
      readonly parts: readonly ServicePart[];
      readonly hours: number;
    }
  /** fields that cannot be read, each once, in the order of the form */
  | { readonly ok: false; readonly fields: readonly ServiceField[]; readonly range: ServiceRange };

type Ref = Pick<MeterRef, 'mission' | 'camp' | 'meter'>;

/** Between the record of `parts` and the counter at `now`: since it was read, the set may have run all the time. */
export function serviceRange(
  registry: Registry,
  ref: Ref,
  { parts, counter, now }: { parts: readonly ServicePart[]; counter: HourCounter; now: number },
): ServiceRange {
  const serviced = meterOf(registry, ref)?.serviced ?? {};
  return {
    least: Math.max(0, ...parts.map((part) => serviced[RECORD[part]] ?? 0)),
    most: Math.ceil(counter.hours + Math.max(0, now - counter.at) / 3_600_000),
  };
}

/** The registry with the service on record. `counter` undefined: no genset of that name tells its hours. */
export function recordService(
  registry: Registry,
  ref: Ref,
  { typed, counter, now }: { typed: ServiceText; counter: HourCounter | undefined; now: number },
): ReadService {
  const parts = SERVICE_PARTS.filter((part) => typed[part] !== undefined);
  const known = counter ?? { hours: 0, at: now };
  const range = serviceRange(registry, ref, { parts, counter: known, now });
  const hours = numeral(typed.hours?.trim() ?? '');
  const isHours = typeof hours === 'number' && hours >= range.least && hours <= range.most;
  const fields: ServiceField[] = [];
  if (counter === undefined) fields.push('meter');
  else if (!isHours) fields.push('hours');
  if (parts.length === 0) fields.push('parts');
  if (!isAuthor(typed.author?.trim() ?? '')) fields.push('author');
  if (fields.length > 0 || !isHours) return { ok: false, fields, range };
  const held = meterOf(registry, ref)?.serviced ?? {};
  // Sent twice, by a finger or by a browser: it is on record.
  if (parts.every((part) => held[RECORD[part]] === hours)) return { ok: true, registry, parts, hours };
  const path = ['missions', ref.mission, 'camps', ref.camp, 'meters', ref.meter];
  const texts = parts.map((part) => [`serviced.${RECORD[part]}`, String(hours)] as const);
  const edited = editPart(registry, path, METER_FORM, Object.fromEntries(texts));
  if (!edited.ok) return { ok: false, fields: ['hours'], range };
  return { ok: true, registry: edited.registry, parts, hours };
}
