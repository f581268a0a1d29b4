/** The registry in words: what its keys are called, what their values read as, and where a path leads. */
import { ownershipWord } from '#lib/components/figures/ownership-words.ts';
import { sourceWord } from '#lib/components/figures/source-words.ts';
import { OWNERSHIPS, SOURCES } from '#lib/energy/source.ts';
import { formatNumber } from '#lib/format/number.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import { textOf, type FieldKind } from '#lib/registry/field-text.ts';
import { isBranch, type Branch, type Path, type Tree } from '#lib/registry/tree.ts';

const KEYS: Readonly<Record<string, () => string>> = {
  at: m.registry_key_at,
  camp: m.column_camp,
  country: m.assign_country,
  ctRatio: m.registry_key_ct_ratio,
  dieselKgCo2PerL: m.method_factor_co2,
  dieselKgCo2ePerL: m.method_factor_co2e,
  due: m.pledge_due,
  events: m.registry_key_events,
  example: m.registry_key_example,
  expectedIntervalS: m.assign_interval,
  from: m.registry_key_from,
  factors: m.registry_factors,
  fuelFilterAtH: m.registry_key_fuel_filter,
  grid: m.registry_key_grid,
  gwp: m.method_factor_gwp,
  headcount: m.registry_key_headcount,
  invert: m.registry_key_invert,
  kind: m.registry_key_kind,
  lat: m.registry_key_lat,
  location: m.registry_key_location,
  lon: m.registry_key_lon,
  meter: m.registry_key_meter,
  mission: m.column_mission,
  name: m.assign_name,
  note: m.registry_key_note,
  oilAtH: m.registry_key_oil,
  owners: m.registry_key_owners,
  ownership: m.assign_ownership,
  people: m.quantity_headcount,
  phases: m.registry_key_phases,
  pledges: m.pledges_heading,
  profile: m.registry_key_profile,
  ratedW: m.registry_key_rated,
  reference: m.registry_key_reference,
  register: m.registry_key_register,
  renewableFraction: m.registry_key_fraction,
  renewableShare: m.registry_key_target,
  serviced: m.registry_key_serviced,
  source: m.assign_source,
  sources: m.registry_key_sources,
  tankL: m.assign_tank,
  targets: m.registry_key_targets,
  to: m.registry_key_to,
  topic: m.registry_key_topic,
  unit: m.assign_unit,
  version: m.method_factor_version,
  vintage: m.registry_key_vintage,
  wrap: m.registry_key_wrap,
  year: m.registry_key_year,
  zone: m.assign_zone,
};

/** What a key is called; a key of no words is its own. */
export function keyWord(key: string, within = ''): string {
  if (key === 'source' && (within === 'grid' || within === 'factors')) return m.registry_key_reference();
  return (Object.hasOwn(KEYS, key) ? KEYS[key]?.() : undefined) ?? key;
}

/** What a field must look like. */
export function problemWord(key: string): string {
  switch (key) {
    case 'slug':
      return m.registry_bad_slug();
    case 'country':
      return m.assign_bad_country();
    case 'zone':
      return m.assign_bad_zone();
    case 'from':
    case 'to':
    case 'due':
      return m.assign_bad_date();
    case 'at':
      return m.registry_bad_instant();
    case 'renewableFraction':
    case 'renewableShare':
      return m.registry_bad_share();
    case 'source':
    case 'ownership':
    case 'kind':
    case 'mission':
    case 'camp':
      return m.assign_bad_choice();
    case 'ratedW':
    case 'tankL':
      return m.assign_bad_number();
    case 'expectedIntervalS':
      return m.assign_bad_interval();
    case 'register':
    case 'wrap':
      return m.registry_bad_register();
    case 'phases':
      return m.registry_bad_phases();
    case 'dieselKgCo2PerL':
    case 'dieselKgCo2ePerL':
      return m.registry_bad_factor();
    case 'version':
      return m.registry_bad_version();
    case 'ctRatio':
      return m.registry_bad_ct_ratio();
    case 'name':
    case 'unit':
    case 'note':
    case 'reference':
      return m.assign_bad_name();
    default:
      return m.registry_bad_value();
  }
}

/** Where a difference is: the slugs it lies below, and what of it. */
export function placeOf(path: Path): { place: string; what: string } {
  const slugs: string[] = [];
  let rest = [...path];
  for (const level of ['missions', 'camps', 'meters']) {
    if (rest[0] !== level || rest[1] === undefined) break;
    slugs.push(rest[1]);
    rest = rest.slice(2);
  }
  const [list = '', ...below] = rest;
  const what = rest.map((key, depth) => keyWord(key, depth > 0 ? list : '')).join(' › ');
  return { place: slugs.join('/'), what: below.length === 0 && list === '' ? '' : what };
}

/** As exact as it was typed: 987.5 kW must not read as 988. */
function exact(value: number, kind: FieldKind): string {
  const text = textOf(value, kind);
  return formatNumber(Number(text), getLocale(), text.split('.')[1]?.length ?? 0);
}

/** A value as it reads; a part as a whole by its own keys, cut to what a line holds. */
export function valueWord(key: string, value: Tree | undefined): string {
  if (value === undefined || value === null) return m.registry_nothing();
  if (typeof value === 'boolean') return value ? m.registry_yes() : m.registry_no();
  if (typeof value === 'number') {
    if (key === 'ratedW') return `${exact(value, 'thousands')}\u00a0kW`;
    if (key === 'renewableFraction' || key === 'renewableShare') return `${exact(value, 'percent')}\u00a0%`;
    return String(value);
  }
  if (typeof value === 'string') {
    const source = key === 'source' ? SOURCES.find((each) => each === value) : undefined;
    const ownership = key === 'ownership' ? OWNERSHIPS.find((each) => each === value) : undefined;
    if (source !== undefined) return sourceWord(source);
    return ownership === undefined ? value : ownershipWord(ownership);
  }
  return isBranch(value) ? partWord(value) : value.join(' ');
}

const SHOWN_CHARACTERS = 240;

function partWord(part: Branch): string {
  const words = Object.entries(part).flatMap(([key, value]) => {
    if (!isBranch(value)) return [`${keyWord(key)}: ${valueWord(key, value)}`];
    const names = Object.keys(value);
    return names.length === 0 ? [] : [`${keyWord(key)}: ${names.join(', ')}`];
  });
  const text = words.join('; ');
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS - 1)}…` : text;
}
