/** One meter of a registry file: what it measures, whose it is, how its register behaves, since when it serves. */
import { isMap, isScalar } from 'yaml';
import { OWNERSHIPS, SOURCES } from '../energy/source.ts';
import { describe, type Entry, type Report } from './document.ts';
import { Fields, isRealDate } from './fields.ts';
import { COUNTRY, compact, sortedByDate, UNIT, WATTS } from './rules.ts';
import { nearestWord } from './nearest.ts';
import type { Meter, MeterEvent, OwnerChange, RegisterPolicy, Serviced } from './types.ts';

/** What the file need not say. */
const DEFAULT_OWNERSHIP = 'un-owned';
const DEFAULT_EXPECTED_INTERVAL_S = 60;

const KEYS = [
  'name',
  'source',
  'ratedW',
  'ownership',
  'unit',
  'country',
  'owners',
  'expectedIntervalS',
  'register',
  'invert',
  'from',
  'to',
  'events',
  'tankL',
  'serviced',
];
const POLICIES = ['persistent', 'volatile', 'interval', 'daily'] as const;
const EVENT_KINDS = ['swap', 'ct-change', 'move'] as const;
const INTERVAL = { min: 1, max: 31 * 86_400, hint: 'Seconds between two readings, e.g. 60.' };
const RUN_HOURS = { min: 0, max: 1e6, hint: 'What its hour counter said then, e.g. 12250.' };
const LITRES = { min: 1, max: 1e8, hint: 'Litres the tank holds.' };

export function readMeter(entry: Entry, report: Report): Meter {
  const fields = new Fields(entry, KEYS, report);
  fields.required('source', `What it measures: one of ${SOURCES.join(', ')}.`);
  const meter = compact<Meter>({
    name: fields.text('name'),
    source: fields.choice('source', SOURCES) ?? 'load',
    ratedW: fields.number('ratedW', WATTS),
    ownership: fields.choice('ownership', OWNERSHIPS) ?? DEFAULT_OWNERSHIP,
    unit: fields.textLike('unit', UNIT),
    country: fields.textLike('country', COUNTRY),
    owners: readOwners(fields, report),
    expectedIntervalS: fields.number('expectedIntervalS', INTERVAL) ?? DEFAULT_EXPECTED_INTERVAL_S,
    register: fields.has('register') ? readRegister(fields.place('register'), report) : undefined,
    invert: fields.boolean('invert'),
    from: fields.date('from'),
    to: fields.date('to'),
    events: fields.list('events').map((event) => readEvent(event, report)),
    tankL: fields.number('tankL', LITRES),
    serviced: fields.has('serviced') ? readServiced(fields.place('serviced'), report) : undefined,
  });
  checkTogether(meter, fields, report);
  return meter;
}

/** Undefined for none, so that a list without items says the same as no list. */
function readOwners(fields: Fields, report: Report): OwnerChange[] | undefined {
  const owners = fields.list('owners').map((entry) => {
    const owner = new Fields(entry, ['from', 'ownership', 'unit', 'country'], report);
    owner.required('from', 'The first local date it is theirs.');
    owner.required('ownership', `One of ${OWNERSHIPS.join(', ')}.`);
    const value = compact<OwnerChange>({
      from: owner.date('from') ?? '',
      ownership: owner.choice('ownership', OWNERSHIPS) ?? DEFAULT_OWNERSHIP,
      unit: owner.textLike('unit', UNIT),
      country: owner.textLike('country', COUNTRY),
    });
    return { from: value.from, place: entry, value };
  });
  return owners.length === 0 ? undefined : sortedByDate(owners, report);
}

/** What is wrong, or worth a word, about fields that are right each by itself. */
function checkTogether(meter: Meter, fields: Fields, report: Report): void {
  if (meter.from !== undefined && meter.to !== undefined && meter.from >= meter.to) {
    const message = `In service from ${meter.from} to ${meter.to}: that is no time at all.`;
    report.problem(fields.place('to'), message, '`to` is the first date out of service.');
  }
  for (const owner of [meter, ...(meter.owners ?? [])]) {
    if (!owner.ownership.startsWith('coe-') || owner.unit !== undefined) continue;
    const message = 'Contingent-owned equipment without its `unit` cannot be told from that of other units.';
    report.warning(fields.entry, message, 'Add `unit` and `country`.');
  }
  if (meter.ratedW === undefined && meter.source !== 'load') {
    const message =
      'Without `ratedW` the meter has no weight in coverage and no jump of it can be called implausible.';
    report.warning(fields.entry, message, 'Add the rated power in watts.');
  }
}

function readServiced(entry: Entry, report: Report): Serviced {
  const fields = new Fields(entry, ['oilAtH', 'fuelFilterAtH'], report);
  return compact<Serviced>({
    oilAtH: fields.number('oilAtH', RUN_HOURS),
    fuelFilterAtH: fields.number('fuelFilterAtH', RUN_HOURS),
  });
}

function readRegister(entry: Entry, report: Report): RegisterPolicy | undefined {
  if (isMap(entry.node)) {
    const fields = new Fields(entry, ['wrap'], report);
    fields.required('wrap', WRAP_HINT);
    const wrap = fields.number('wrap', { min: 1, max: Number.MAX_SAFE_INTEGER, hint: WRAP_HINT });
    return wrap === undefined ? undefined : { wrap };
  }
  const text = isScalar(entry.node) ? entry.node.value : undefined;
  const policy = POLICIES.find((known) => known === text);
  if (policy !== undefined) return policy;
  const meant = typeof text === 'string' ? nearestWord(text, POLICIES) : undefined;
  const hint =
    meant === undefined
      ? `One of ${POLICIES.join(', ')}, or { wrap: 4294967296 }.`
      : `Did you mean \`${meant}\`?`;
  report.problem(entry, `Expected how the register behaves, found ${describe(entry.node)}.`, hint);
  return undefined;
}

const WRAP_HINT = 'The value at which the register starts again from 0, e.g. 4294967296.';

function readEvent(entry: Entry, report: Report): MeterEvent {
  const fields = new Fields(entry, ['at', 'kind', 'note'], report);
  fields.required('at', INSTANT.hint);
  fields.required('kind', `One of ${EVENT_KINDS.join(', ')}.`);
  return compact<MeterEvent>({
    at: fields.textLike('at', INSTANT) ?? '',
    kind: fields.choice('kind', EVENT_KINDS) ?? 'swap',
    note: fields.text('note'),
  });
}

/** RFC 3339 with an offset: an event belongs to one instant, whatever the reader's zone. */
const INSTANT = {
  matches: (text: string) => {
    const match = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/.exec(text);
    return match !== null && isRealDate(match[1] ?? '') && Number.isFinite(Date.parse(text));
  },
  expected: 'an instant with its offset from UTC (RFC 3339)',
  hint: 'For example 2026-05-04T09:30:00+02:00.',
};
