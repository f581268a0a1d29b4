/**
 * The registry as a file: what export gives and import takes. One canonical form, with every default
 * written out, a meter a line; `parseRegistry(stringifyRegistry(r))` gives `r` again.
 */
import { Document, isMap, isScalar, isSeq, visit } from 'yaml';
import type { Registry } from './types.ts';

/** Nodes above a camp's `location` and above a meter: the document, then a map and a pair for each level. */
const LOCATION_DEPTH = 10;
const METER_DEPTH = 13;

/** YAML text of `registry`, ending in a newline. */
export function stringifyRegistry(registry: Registry): string {
  const { missions, pledges, sources, factors = [] } = registry;
  const document = new Document(withoutEmptyLists({ missions, pledges, sources, factors }), {
    version: '1.2',
    schema: 'core',
    aliasDuplicateObjects: false,
  });
  visit(document, {
    Pair(_, { key, value }, path) {
      const isLocation = path.length === LOCATION_DEPTH && isScalar(key) && key.value === 'location';
      if (isMap(value) && (isLocation || value.items.length === 0)) value.flow = true;
    },
    Map(_, map, path) {
      if (path.length === METER_DEPTH || isSeq(path.at(-1))) map.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/**
 * Lists that hold nothing say nothing: they are what the file's reader assumes anyway. The exception is a
 * camp's own `grid`, whose presence alone replaces the mission's.
 */
function withoutEmptyLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptyLists);
  if (value === null || typeof value !== 'object') return value;
  const isCamp = Object.hasOwn(value, 'headcount');
  const kept = Object.entries(value).filter(
    ([key, inner]) => !Array.isArray(inner) || inner.length > 0 || (isCamp && key === 'grid'),
  );
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutEmptyLists(inner)]));
}
