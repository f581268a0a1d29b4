/**
 * Where numbers stand in SenML packs: by their whole name, of which the end says what is measured and the rest whose it
 * is. That rest is captured, so that the profile reads devices of other names as well.
 */
import { RejectionList } from '../../decode/rejection-list.ts';
import { resolveSenml, type ResolvedRecord } from '../../decode/senml.ts';
import { SUM_UNITS, VALUE_UNITS } from '../../decode/senml-units.ts';
import { isSenml } from '../binary-sample.ts';
import type { TopicLeaf } from '../topic-group.ts';
import { meaningOf } from './meaning.ts';
import { escaped, PARTS_KEY, PLACES_MAX, type Place } from './places.ts';
import { wordsOf } from './words.ts';

/** Parts of a name that may have to be read together: `fuel/level`. */
const ENDS_MAX = 3;
const SEPARATORS = /[:/.]/;

interface SplitName {
  /** whose it is, with the separator behind it; empty where the whole name says what is measured */
  readonly owner: string;
  readonly measured: string;
}

/** The numbers in a leaf's packs, by path. */
export function senmlPlaces(leaf: TopicLeaf): Place[] {
  const told = leaf.samples.flatMap(({ topic, receivedAt, content }) =>
    content.kind === 'json' && isSenml(content.value)
      ? resolveSenml(content.value, new RejectionList()).map((record) => ({ topic, receivedAt, record }))
      : [],
  );
  const owners = Map.groupBy(told, ({ topic }) => topic)
    .values()
    .map((each) => new Set(each.map(({ record }) => split(record.name).owner)).size);
  const hasCapture = owners.some((count) => count > 1);
  const found = new Map<string, Place>();
  for (const { topic, receivedAt, record } of told) {
    const read = placeOf(record, hasCapture);
    if (read === undefined) continue;
    const place = found.get(read.place.path) ?? read.place;
    if (found.size >= PLACES_MAX && place === read.place) continue;
    found.set(place.path, place);
    place.observed.push({ topic, at: atOf(record, receivedAt), value: read.value });
  }
  return [...found.values()];
}

function atOf({ instant }: ResolvedRecord, receivedAt: number): number {
  if (instant === undefined) return receivedAt;
  return instant.kind === 'at' ? instant.ms : receivedAt - instant.ms;
}

function placeOf(
  { name, unit, value, isSum }: ResolvedRecord,
  hasCapture: boolean,
): { place: Place; value: number } | undefined {
  if (typeof value !== 'number') return undefined;
  const known = unit === undefined ? undefined : (isSum ? SUM_UNITS : VALUE_UNITS)[unit];
  // What is summed up in no unit, or in one of nothing here, is anybody's guess.
  if (isSum && known === undefined) return undefined;
  const { owner, measured } = split(name);
  const start = owner === '' ? '' : `{${PARTS_KEY}}${owner.slice(-1)}`;
  const unitText = known?.unit ?? unit;
  const place: Place = {
    path: `/${escaped(start)}${escaped(measured)}${isSum ? '/s' : ''}`,
    names: [isSum ? summedName(measured, known?.unit) : measured],
    hasCapture: hasCapture && owner !== '',
    observed: [],
    ...(unitText !== undefined && { unitText }),
  };
  return { place, value: value * (known?.times ?? 1) };
}

/** What the sum of a power or flow is: energy, or what was used. */
function summedName(measured: string, unit: string | undefined): string {
  return unit === 'Ws' ? `${measured} energy` : measured.replace(/flow|rate/gi, 'used');
}

/** The shortest end that says what is measured; a longer one where that says something else: `battery:voltage`. */
function split(name: string): SplitName {
  const parts = name.split(SEPARATORS);
  let measured = parts.at(-1) ?? name;
  let meaning = meaningOf(wordsOf(measured))?.quantity;
  for (let count = 2; count <= Math.min(ENDS_MAX, parts.length); count += 1) {
    const length = parts.slice(-count).join(' ').length;
    const longer = name.slice(-length);
    const other = meaningOf(wordsOf(longer))?.quantity;
    if (other === undefined || other === meaning) continue;
    [measured, meaning] = [longer, other];
  }
  return { owner: name.slice(0, name.length - measured.length), measured };
}
