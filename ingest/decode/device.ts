/**
 * One device message → readings of registered meters: the profile's records get an instant and a meter, or a
 * rejection that says which line of the registry is missing.
 */
import type { MeterRef, Reading } from '#lib/energy/reading.ts';
import type { Conditions } from './conditions.ts';
import { sparkplugFormat } from './format-sparkplug.ts';
import { quoted } from './found.ts';
import { AHEAD_MAX_MS, instantFault } from './instant.ts';
import type { CompiledSource, Layout } from './device-source.ts';
import type { DeviceStates, ScopeRef } from './device-state.ts';
import { NO_READING, type Decoded, type InboundMessage, type Rejection } from './message.ts';
import type { DeviceRecord, TimeReader } from './profile.ts';
import type { RejectionList } from './rejection-list.ts';
import { slugify } from '#lib/registry/slugify.ts';
import { fillTemplate, templateNames } from './slug.ts';
import type { SparkplugHost } from './sparkplug/host.ts';
import type { Captures } from './topic-pattern.ts';

/** How the messages of one topic are read: worked out once a topic. */
export interface DeviceRoute {
  readonly kind: 'device';
  readonly layout: Layout;
  /** undefined: no line of the registry covers the topic */
  readonly source: CompiledSource | undefined;
  readonly captures: Captures;
  readonly readTime: TimeReader | undefined;
  /** who answers for this topic's device */
  readonly scopes: readonly ScopeRef[];
  /** the meter, where the topic alone tells it; worked out with the first message */
  topicMeter?: MeterRef;
}

export type Intern = (source: CompiledSource, slug: string) => MeterRef;

export interface DeviceContext {
  /** gives one and the same reference for one meter */
  readonly intern: Intern;
  readonly states: DeviceStates;
  readonly sparkplug: SparkplugHost;
  readonly conditions: Conditions;
}

export function decodeDevice(route: DeviceRoute, message: InboundMessage, context: DeviceContext): Decoded {
  const { states, sparkplug } = context;
  const { profile } = route.layout.message;
  if (message.payload.length === 0 && profile.spec.emptyMeansGone === true) {
    states.left(route.scopes, message.topic, route.topicMeter, message.receivedAt);
    return NO_READING;
  }
  const { condition } = route.layout.message;
  if (condition !== undefined && route.source !== undefined) {
    if (!context.conditions.holds(condition, route.layout.captures, message)) return NO_READING;
  }
  const decoded = decodeRecords(route, message, context);
  if (profile.spec.format === sparkplugFormat.name) sparkplug.took(route.captures, decoded.readings);
  const expireAfterMs = profile.expireAfterMs ?? null;
  const readings = states.took(route.scopes, message.topic, decoded.readings, expireAfterMs);
  return readings === decoded.readings ? decoded : { ...decoded, readings };
}

function decodeRecords(
  route: DeviceRoute,
  message: InboundMessage,
  { intern, sparkplug }: DeviceContext,
): Decoded {
  const { records, rejections } = route.layout.message.extract(message.payload, route.captures, {
    receivedAt: message.receivedAt,
    sparkplug,
  });
  const readings: Reading[] = [];
  const taken = new Map<string, DeviceRecord>();
  let receiptTimes = 0;
  const { source } = route;
  if (source === undefined && records.length > 0) {
    rejections.add('device-unassigned', () => describeMissingLine(route, message.topic));
  }
  for (const record of records) {
    const meter = source && assign(route, source, record, rejections, intern);
    if (meter === undefined) continue;
    const told = tellTime(route, record, message);
    if (typeof told === 'object') {
      rejections.add(told.reason, () => told.detail);
      continue;
    }
    const key = record.instant === undefined ? meter.key : `${meter.key} ${told ?? 'now'}`;
    const twin = taken.get(key);
    if (twin !== undefined) {
      // One part told in two places (a voltage for all channels, a power by channel) is one reading.
      if (partOf(route, twin) === partOf(route, record))
        Object.assign(twin.values, { ...record.values, ...twin.values });
      else rejections.add('device-unassigned', () => describeCollision(route, record, meter));
      continue;
    }
    if (told === undefined && message.retain) {
      const detail = 'a retained message that tells no time of its own is state, not a reading';
      rejections.add('retained', () => detail);
      continue;
    }
    if (told === undefined) receiptTimes += 1;
    taken.set(key, record);
    readings.push({ meter, at: told ?? message.receivedAt, values: record.values });
  }
  const isNothing = records.length === 0 && rejections.isEmpty;
  // Last, when a device's parts have come together.
  const installed = installedReadings(readings, source, rejections);
  return {
    readings: installed,
    rejections: rejections.toArray(),
    ignoredKeys: isNothing ? 1 : 0,
    receiptTimes,
  };
}

function installedReadings(
  readings: readonly Reading[],
  source: CompiledSource | undefined,
  rejections: RejectionList,
): readonly Reading[] {
  const convert = source?.asInstalled;
  if (convert === undefined) return readings;
  return readings
    .map((reading) => ({ ...reading, values: convert(reading.values, rejections) }))
    .filter(({ values }) => Object.keys(values).length > 0);
}

/**
 * The device's own time when it tells one that can be believed: a clock before its first NTP answer says 1970.
 * Where each value comes with its instant, one that cannot be believed is a rejection: a backlog stamped with its
 * receipt would fall onto one instant.
 */
function tellTime(
  route: DeviceRoute,
  { instant, time }: DeviceRecord,
  { receivedAt, retain }: InboundMessage,
): number | undefined | Rejection {
  if (instant !== undefined) {
    // An age counts from when it was told, and of a retained message nobody knows when that was.
    if (instant.kind === 'age' && retain) return undefined;
    const at = instant.kind === 'at' ? instant.ms : receivedAt - instant.ms;
    const reason = Number.isFinite(at) ? instantFault(at, receivedAt) : 'time-invalid';
    return reason === undefined ? at : { reason, detail: `a value is told to be of ${describeInstant(at)}` };
  }
  if (route.readTime === undefined || time === undefined) return undefined;
  const at = route.readTime(time, receivedAt + AHEAD_MAX_MS);
  return at === undefined || instantFault(at, receivedAt) !== undefined ? undefined : at;
}

function describeInstant(at: number): string {
  return Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : `${at} ms after 1970`;
}

function assign(
  route: DeviceRoute,
  source: CompiledSource,
  record: DeviceRecord,
  rejections: RejectionList,
  intern: Intern,
): MeterRef | undefined {
  const isTopicAlone = record.captures === route.captures;
  if (isTopicAlone && route.topicMeter !== undefined) return route.topicMeter;
  const { defaults } = route.layout.message;
  const named = new Set(templateNames(source.source.meter));
  for (const [name, usual] of defaults) {
    const found = record.captures.get(name);
    if (found === undefined || found === usual || named.has(name)) continue;
    rejections.add('device-unassigned', () => describeUnnamed(route, name, found));
    return undefined;
  }
  const slug = fillTemplate(source.source.meter, withDefaults(route, record));
  if (slug !== undefined) {
    const meter = intern(source, slug);
    if (isTopicAlone) route.topicMeter = meter;
    return meter;
  }
  rejections.add('device-unassigned', () => describeTemplate(source, record));
  return undefined;
}

function withDefaults(route: DeviceRoute, record: DeviceRecord): Captures {
  return new Map([...route.layout.message.defaults, ...record.captures]);
}

/** What tells a device's parts apart, as one text. */
function partOf(route: DeviceRoute, record: DeviceRecord): string {
  return JSON.stringify([...withDefaults(route, record)].sort());
}

function describeMissingLine({ layout, captures }: DeviceRoute, topic: string): string {
  const { message, pattern } = layout;
  // What the device's own topic says stands as a word; what tells its parts apart stays in braces.
  const words = new Set(pattern.levels.flatMap((level) => (level.kind === 'fixed' ? [] : [level.name])));
  const meter = message.meter.replace(/\{(\w+)\}/g, (braces, name: string) => {
    const value = words.has(name) ? captures.get(name) : undefined;
    return (value === undefined ? undefined : slugify(value)) ?? braces;
  });
  const where = JSON.stringify(deviceTopic(layout, topic));
  const line = `- { profile: ${message.profile.name}, topic: ${where}, mission: …, camp: …, meter: "${meter}" }`;
  return `profile ${message.profile.name} reads the topic ${quoted(topic)}, but no line of the registry's sources says whose meter it is; add ${line}`;
}

/** The part of a topic that names the device: up to the last level that the profile's `meter` takes a name from. */
export function deviceTopic({ message, pattern }: Layout, topic: string): string {
  const names = new Set(templateNames(message.meter));
  const levels = topic.split('/');
  const restLength = levels.length - pattern.levels.length + 1;
  let place = 0;
  let end = 0;
  for (const level of pattern.levels) {
    place += level.kind === 'rest' ? restLength : 1;
    if (level.kind !== 'fixed' && names.has(level.name)) end = place;
  }
  return levels.slice(0, end === 0 ? levels.length : end).join('/');
}

function describeUnnamed(route: DeviceRoute, name: string, found: string): string {
  const meter = route.source?.source.meter ?? '';
  return `the device has several parts and this is ${name} ${quoted(found)}; the registry's line says meter ${quoted(meter)} for all of them: put {${name}} into it, e.g. "${meter}-{${name}}"`;
}

function describeTemplate({ source }: CompiledSource, record: DeviceRecord): string {
  const known = [...record.captures].map(([name, value]) => `{${name}} = ${quoted(value)}`).join(', ');
  const have = known === '' ? 'this message names nothing' : `this message has ${known}`;
  return `the registry's line for ${quoted(source.topic)} says meter ${quoted(source.meter)}, which makes no slug: ${have}`;
}

function describeCollision(route: DeviceRoute, record: DeviceRecord, meter: MeterRef): string {
  const names = [...record.captures.keys()].map((name) => `{${name}}`).join(', ');
  return `two things in one message would both be ${meter.key}; tell them apart in the meter ${quoted(route.source?.source.meter ?? '')} with ${names}`;
}
