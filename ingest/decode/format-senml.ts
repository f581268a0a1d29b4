/**
 * Format `senml`: SenML packs in JSON or CBOR (RFC 8428). A field's path is one segment, matched against the whole name
 * that the pack resolves to: `/urn:dev:ow:{device}:power`; with `/s` after it the field takes the name's sum. The unit
 * that the pack tells counts; a field's own `unit` is for packs that tell none.
 */
import { InstantDrafts, RECORDS_MAX } from './drafts.ts';
import { fieldReader, type FieldReader } from './field-value.ts';
import { quoted } from './found.ts';
import { walk, type JsonPath } from './json-path.ts';
import { nameOf } from './named-field.ts';
import type { Format } from './profile.ts';
import type { FieldSpec } from './profile-schema.ts';
import { RejectionList } from './rejection-list.ts';
import { readPack } from './senml-pack.ts';
import { resolveSenml } from './senml.ts';
import { SUM_UNITS, VALUE_UNITS, type ToldUnit } from './senml-units.ts';
import { checkSingleValue } from './single-value.ts';
import { unitsFor } from './units.ts';

export const senmlFormat: Format = {
  name: 'senml',
  hasOwnTime: true,
  check(field) {
    const problems = checkSingleValue(field, {
      refused: ['sum', 'spread', 'array', 'when'],
      advice: 'a SenML record has one value: name it in the path',
    });
    const place = placeOf(field);
    if (typeof place === 'string') problems.push({ path: ['path'], message: place });
    return problems;
  },
  captures(field) {
    const place = placeOf(field);
    return typeof place === 'string' ? [] : place.path.names;
  },
  extractor(fields) {
    const readers = fields.map((field) => {
      const place = placeOf(field);
      if (typeof place === 'string') throw new Error(`${place}: the profile was not checked`);
      return { field, ...place, byUnit: readersByUnit(field, place.isSum ? SUM_UNITS : VALUE_UNITS) };
    });
    return (payload, captures) => {
      const rejections = new RejectionList();
      const pack = readPack(payload);
      if (!pack.ok) {
        rejections.add(pack.rejection.reason, () => pack.rejection.detail);
        return { records: [], rejections };
      }
      const all = new InstantDrafts(rejections);
      for (const record of resolveSenml(pack.value, rejections)) {
        const drafts = all.at(record.instant);
        const root = Object.fromEntries([[record.name, record.value]]);
        for (const { field, path, isSum, byUnit } of readers) {
          if (isSum !== record.isSum) continue;
          walk(path, root, captures, (raw, names) => {
            const draft = drafts.of(names);
            const read = byUnit.get(record.unit);
            if (draft === undefined) return;
            if (read !== undefined) return read(raw, record.name, draft);
            const found = `${quoted(record.name)} is ${isSum ? 'summed up' : 'told'} in ${quoted(record.unit ?? '')}`;
            const why = `${found}, which is no unit of ${[field.to].flat().join()}`;
            rejections.add('payload-wrong-shape', () => why);
          });
        }
        if (drafts.isFull) {
          rejections.add('payload-wrong-shape', () => `more than ${RECORDS_MAX} devices at one instant`);
        }
      }
      return { records: all.records(), rejections };
    };
  },
};

interface Place {
  readonly path: JsonPath;
  readonly isSum: boolean;
}

/** A name cannot hold an unescaped `/`, so what stands after one is no part of it. */
function placeOf(field: FieldSpec): Place | string {
  const text = field.path ?? '';
  const isSum = text.endsWith('/s') && text.lastIndexOf('/') > 0;
  const path = nameOf(isSum ? { ...field, path: text.slice(0, -2) } : field, 'SenML');
  return typeof path === 'string' ? path : { path, isSum };
}

/** How a field is read, by the unit that a record tells; undefined stands for none. */
function readersByUnit(
  field: FieldSpec,
  units: Readonly<Record<string, ToldUnit>>,
): ReadonlyMap<string | undefined, FieldReader> {
  const fitting = new Set([field.to].flat().flatMap(unitsFor));
  const readers = Object.entries(units)
    .filter(([, { unit }]) => fitting.has(unit))
    .map(([name, { unit, times }]): [string, FieldReader] => {
      const [scale, offset] = [(field.scale ?? 1) * times, (field.offset ?? 0) * times];
      return [name, fieldReader({ ...field, unit, scale, offset })];
    });
  return new Map<string | undefined, FieldReader>([[undefined, fieldReader(field)], ...readers]);
}
