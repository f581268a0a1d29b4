/**
 * Format `senml`: SenML packs in JSON (RFC 8428). A field's path is one segment, matched against the whole name
 * that the pack resolves to: `/urn:dev:ow:{device}:power`. The unit that the pack tells counts; a field's own
 * `unit` is for packs that tell none.
 */
import { InstantDrafts, RECORDS_MAX } from './drafts.ts';
import { fieldReader, type FieldReader } from './field-value.ts';
import { quoted } from './found.ts';
import { walk } from './json-path.ts';
import { compiledName, nameOf } from './named-field.ts';
import { readJson } from './payload.ts';
import type { Format } from './profile.ts';
import type { FieldSpec } from './profile-schema.ts';
import { RejectionList } from './rejection-list.ts';
import { resolveSenml } from './senml.ts';
import { checkSingleValue } from './single-value.ts';
import { unitsFor, type UnitName } from './units.ts';

/** The registered units (RFC 8428 section 12.1, RFC 8798) that measure what Bluewatt knows. */
const SENML_UNITS: Readonly<Record<string, UnitName>> = {
  ...{ W: 'W', kW: 'kW', VA: 'VA', kVA: 'kVA', var: 'var', kvar: 'kvar', J: 'Ws', Wh: 'Wh', kWh: 'kWh' },
  ...{ V: 'V', mV: 'mV', A: 'A', mA: 'mA', Hz: 'Hz', '/': 'ratio', '%': '%', '%EL': '%', Cel: '°C', K: 'K' },
  ...{ ms: 'ms', s: 's', min: 'min', h: 'h', Pa: 'Pa', hPa: 'mbar', l: 'L', m3: 'm3', 'W/m2': 'W/m2' },
  ...{ count: 'count' },
};

export const senmlFormat: Format = {
  name: 'senml',
  hasOwnTime: true,
  check(field) {
    const problems = checkSingleValue(field, {
      refused: ['sum', 'spread', 'array', 'when'],
      advice: 'a SenML record has one value: name it in the path',
    });
    const path = nameOf(field, 'SenML');
    if (typeof path === 'string') problems.push({ path: ['path'], message: path });
    return problems;
  },
  captures(field) {
    const path = nameOf(field, 'SenML');
    return typeof path === 'string' ? [] : path.names;
  },
  extractor(fields) {
    const readers = fields.map((field) => ({
      field,
      path: compiledName(field, 'SenML'),
      byUnit: readersByUnit(field),
    }));
    return (payload, captures) => {
      const rejections = new RejectionList();
      const json = readJson(payload);
      if (!json.ok) {
        rejections.add(json.rejection.reason, () => json.rejection.detail);
        return { records: [], rejections };
      }
      const all = new InstantDrafts(rejections);
      for (const record of resolveSenml(json.value, rejections)) {
        const drafts = all.at(record.instant);
        const root = Object.fromEntries([[record.name, record.value]]);
        for (const { field, path, byUnit } of readers) {
          walk(path, root, captures, (raw, names) => {
            const draft = drafts.of(names);
            const read = byUnit.get(record.unit);
            if (draft === undefined) return;
            if (read !== undefined) return read(raw, record.name, draft);
            const told = `${quoted(record.name)} is told in ${quoted(record.unit ?? '')}`;
            rejections.add(
              'payload-wrong-shape',
              () => `${told}, which is no unit of ${[field.to].flat().join()}`,
            );
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

/** How a field is read, by the unit that a record tells; undefined stands for none. */
function readersByUnit(field: FieldSpec): ReadonlyMap<string | undefined, FieldReader> {
  const fitting = new Set([field.to].flat().flatMap(unitsFor));
  const told = Object.entries(SENML_UNITS).filter(([, unit]) => fitting.has(unit));
  return new Map<string | undefined, FieldReader>([
    [undefined, fieldReader(field)],
    ...told.map(([name, unit]): [string, FieldReader] => [name, fieldReader({ ...field, unit })]),
  ]);
}
