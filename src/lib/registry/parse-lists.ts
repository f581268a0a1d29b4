/** The two lists of a registry file: what contributing countries pledged, and which devices belong to whom. */
import { isScalar, isSeq } from 'yaml';
import { isSlug } from '../energy/reading.ts';
import { SOURCES } from '../energy/source.ts';
import { describe, type Entry, type Report } from './document.ts';
import { Fields } from './fields.ts';
import { COUNTRY, compact, UNIT, WATTS, ZONE } from './rules.ts';
import { PHASES, type DeviceSource, type PhaseOrder, type Pledge, type Registry } from './types.ts';

export function readPledge(entry: Entry, missions: Registry['missions'], report: Report): Pledge {
  const fields = new Fields(
    entry,
    ['country', 'unit', 'mission', 'source', 'ratedW', 'due', 'reference'],
    report,
  );
  for (const key of ['country', 'mission', 'source', 'ratedW', 'due'])
    fields.required(key, 'See docs/registry.md.');
  const mission = fields.text('mission');
  if (mission !== undefined && !Object.hasOwn(missions, mission)) {
    report.problem(
      fields.place('mission'),
      `No mission \`${mission}\` stands in this file.`,
      knownNames(missions),
    );
  }
  return compact<Pledge>({
    country: fields.textLike('country', COUNTRY) ?? '',
    unit: fields.textLike('unit', UNIT),
    mission: mission ?? '',
    source: fields.choice('source', SOURCES) ?? 'solar',
    ratedW: fields.number('ratedW', WATTS) ?? 0,
    due: fields.date('due') ?? '',
    reference: fields.text('reference'),
  });
}

export function readSource(entry: Entry, missions: Registry['missions'], report: Report): DeviceSource {
  const fields = new Fields(entry, SOURCE_KEYS, report);
  for (const key of ['profile', 'topic', 'mission', 'camp', 'meter'])
    fields.required(key, 'See docs/registry.md.');
  const mission = fields.text('mission');
  const camp = fields.text('camp');
  const camps =
    mission !== undefined && Object.hasOwn(missions, mission) ? missions[mission]?.camps : undefined;
  if (mission !== undefined && !camps) {
    report.problem(
      fields.place('mission'),
      `No mission \`${mission}\` stands in this file.`,
      knownNames(missions),
    );
  } else if (camps && camp !== undefined && !Object.hasOwn(camps, camp)) {
    report.problem(fields.place('camp'), `No camp \`${camp}\` in mission \`${mission}\`.`, knownNames(camps));
  }
  return compact<DeviceSource>({
    profile: fields.textLike('profile', PROFILE) ?? '',
    topic: fields.textLike('topic', TOPIC) ?? '',
    mission: mission ?? '',
    camp: camp ?? '',
    meter: readSourceMeter(fields, report) ?? '',
    zone: fields.textLike('zone', ZONE),
    phases: fields.has('phases') ? readPhases(fields, report) : undefined,
    ctRatio: fields.number('ctRatio', CT_RATIO),
  });
}

/** Each phase once: anything else would tell one phase's voltage twice and another's never. */
function readPhases(fields: Fields, report: Report): PhaseOrder | undefined {
  const place = fields.place('phases');
  const items = isSeq(place.node) ? place.node.items : [];
  const told = items.map((node) => (isScalar(node) ? node.value : undefined));
  const [first, second, third] = told.map((phase) => PHASES.find((known) => known === phase));
  const isEach = told.length === PHASES.length && new Set([first, second, third]).size === PHASES.length;
  if (isEach && first !== undefined && second !== undefined && third !== undefined)
    return [first, second, third];
  const expected = `Expected a list with each of ${PHASES.join(', ')} once, found ${describe(place.node)}`;
  const found = told.length === 0 ? '' : ` of ${told.slice(0, 6).map(String).join(', ')}`;
  report.problem(place, `${expected}${found}.`, PHASES_HINT);
  return undefined;
}

const SOURCE_KEYS = ['profile', 'topic', 'mission', 'camp', 'meter', 'zone', 'phases', 'ctRatio'];
const PHASES_HINT =
  'The phases that the device’s inputs 1, 2 and 3 are connected to, in this order: [L2, L3, L1].';
const CT_RATIO = { min: 0.001, max: 100_000, hint: 'Primary ÷ secondary current: write 40 for 200/5 A.' };

/** A slug, a text with captures in braces, or dots: a line prepared for a device whose meter is not yet named. */
function readSourceMeter(fields: Fields, report: Report): string | undefined {
  const meter = fields.text('meter');
  if (meter === undefined) return undefined;
  if (/^\.+$/.test(meter)) {
    report.warning(
      fields.place('meter'),
      `\`${meter}\` names no meter: the device stays unassigned.`,
      METER_HINT,
    );
  } else if (!isSlug(meter.replace(/\{[A-Za-z][A-Za-z0-9]*\}/g, 'x'))) {
    report.problem(fields.place('meter'), `\`${meter}\` names no meter.`, METER_HINT);
  }
  return meter;
}

const METER_HINT = 'Write the meter’s name, or one with the profile’s captures, e.g. `shelly-{device}`.';

const PROFILE = { matches: isSlug, expected: 'the name of a profile', hint: 'For example shelly-gen2.' };

const TOPIC = {
  matches: (topic: string) => /^(?:\+|[^+#]*)(?:\/(?:\+|[^+#]*))*$/.test(topic.replace(/(^|\/)#$/, '$1')),
  expected: 'an MQTT topic filter',
  hint: '`+` stands for one whole level, `#` only at the end for all the rest.',
};

function knownNames(record: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(record);
  return names.length === 0 ? 'There is none yet.' : `There are: ${names.slice(0, 20).join(', ')}.`;
}
