/**
 * One device message → readings of registered meters: the profile's records get an instant and a meter, or a
 * rejection that says which line of the registry is missing.
 */
import type { MeterRef, Reading } from '#lib/energy/reading.ts';
import type { Conditions } from './conditions.ts';
import { sparkplugFormat } from './format-sparkplug.ts';
import { AHEAD_MAX_MS, instantFault } from './instant.ts';
import type { CompiledSource, Layout } from './device-source.ts';
import type { DeviceMemory, Heard } from './device-memory.ts';
import type { DeviceStates, ScopeRef } from './device-state.ts';
import { NO_READING, type Decoded, type InboundMessage, type Rejection } from './message.ts';
import type { DeviceRecord, TimeReader } from './profile.ts';
import type { RejectionList } from './rejection-list.ts';
import { fillTemplate, templateNames } from './slug.ts';
import type { SparkplugHost } from './sparkplug/host.ts';
import type { Captures } from './topic-pattern.ts';
import { describeCollision, describeMissingLine, describeTemplate, describeUnnamed } from './unassigned.ts';

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
  /** meters that its messages told of, where somebody speaks for them */
  heard?: Set<string>;
}

/** Whose end is remembered over a change of the registry. */
const METERS_A_TOPIC = 1_000;

export type Intern = (source: CompiledSource, slug: string) => MeterRef;

export interface DeviceContext {
  /** gives one and the same reference for one meter */
  readonly intern: Intern;
  readonly states: DeviceStates;
  readonly sparkplug: SparkplugHost;
  readonly conditions: Conditions;
  readonly memory: DeviceMemory;
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
  const isSpokenFor = route.scopes.length > 0 || profile.spec.format === sparkplugFormat.name;
  const decoded = decodeRecords(route, message, context, isSpokenFor);
  if (profile.spec.format === sparkplugFormat.name) sparkplug.took(route.captures, decoded.readings);
  const expireAfterMs = profile.expireAfterMs ?? null;
  const readings = states.took(route.scopes, message.topic, decoded.readings, expireAfterMs);
  return readings === decoded.readings ? decoded : { ...decoded, readings };
}

function decodeRecords(
  route: DeviceRoute,
  message: InboundMessage,
  { intern, sparkplug, memory }: DeviceContext,
  isSpokenFor: boolean,
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
    if (isSpokenFor) noteHeard(route, meter, { topic: message.topic, captures: record.captures }, memory);
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

function noteHeard(route: DeviceRoute, meter: MeterRef, heard: Heard, memory: DeviceMemory): void {
  route.heard ??= new Set();
  if (route.heard.has(meter.key) || route.heard.size >= METERS_A_TOPIC) return;
  route.heard.add(meter.key);
  memory.note(meter, heard);
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

/** The meter that a route's line names for what has these captures; undefined where it names none. */
export function meterFor(route: DeviceRoute, captures: Captures, intern: Intern): MeterRef | undefined {
  const { source } = route;
  const slug = source && fillTemplate(source.source.meter, withDefaults(route, { captures }));
  return source === undefined || slug === undefined ? undefined : intern(source, slug);
}

function withDefaults(route: DeviceRoute, record: Pick<DeviceRecord, 'captures'>): Captures {
  return new Map([...route.layout.message.defaults, ...record.captures]);
}

/** What tells a device's parts apart, as one text. */
function partOf(route: DeviceRoute, record: DeviceRecord): string {
  return JSON.stringify([...withDefaults(route, record)].sort());
}
