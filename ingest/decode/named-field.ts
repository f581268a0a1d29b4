/** Paths of formats whose values have a whole name each and no tree: one segment, matched against the name. */
import { parseJsonPath, type JsonPath } from './json-path.ts';
import type { FieldSpec } from './profile-schema.ts';

/** @param format what a person calls it, e.g. `SenML` */
export function nameOf(field: FieldSpec, format: string): JsonPath | string {
  const path = parseJsonPath(field.path ?? '');
  if (typeof path === 'string' || path.segments.length === 1) return path;
  return `found "${field.path ?? ''}"; a ${format} field's path is /name, with ~1 for a / in it`;
}

export function compiledName(field: FieldSpec, format: string): JsonPath {
  const path = nameOf(field, format);
  if (typeof path === 'string') throw new Error(`${path}: the profile was not checked`);
  return path;
}
