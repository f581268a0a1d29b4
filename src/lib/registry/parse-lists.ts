/** The two lists of a registry file: what contributing countries pledged, and which devices belong to whom. */
import { isSlug } from '../energy/reading.ts';
import { SOURCES } from '../energy/source.ts';
import type { Entry, Report } from './document.ts';
import { Fields } from './fields.ts';
import { COUNTRY, compact, UNIT, WATTS, ZONE } from './rules.ts';
import type { DeviceSource, Pledge, Registry } from './types.ts';

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
  const fields = new Fields(entry, ['profile', 'topic', 'mission', 'camp', 'meter', 'zone'], report);
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
  });
}

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
