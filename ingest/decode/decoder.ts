/**
 * The decoder: message → readings or rejections, by the native contract or a device's profile. What a topic
 * means is worked out once and remembered within a bound, so a message costs a look-up and its payload.
 */
import { meterRef, type MeterRef } from '#lib/energy/reading.ts';
import type { Registry } from '#lib/registry/types.ts';
import { decodeDevice, meterFor, type DeviceContext } from './device.ts';
import { DeviceMemory } from './device-memory.ts';
import { Conditions } from './conditions.ts';
import { compileSources, isUseful, sourceFilters, type CompiledSource } from './device-source.ts';
import { DeviceStates } from './device-state.ts';
import { sparkplugFormat } from './format-sparkplug.ts';
import { quoted } from './found.ts';
import { KeepAlives } from './keep-alive.ts';
import {
  NO_READING,
  type Decoded,
  type Decoder,
  type DeviceRequest,
  type InboundMessage,
} from './message.ts';
import { withoutCovered } from '#lib/registry/mqtt-filter.ts';
import { decodeNative, NATIVE_FILTER } from './native.ts';
import type { Profile, ProfileMessage } from './profile.ts';
import {
  profileOf,
  routeOf,
  standingOf,
  wouldRead,
  type Route,
  type Standing,
  type ToldConditions,
} from './route.ts';
import { SilenceBook } from './silence-book.ts';
import { SparkplugHost } from './sparkplug/host.ts';
import { TopicCache } from './topic-cache.ts';
import { filtersOf, SUBSCRIBED_DEPTH } from './topic-pattern.ts';

/** Topics remembered, and the longest that is: some 60 MB at the very worst. */
const CACHED = { entriesMax: 100_000, keyCharsMax: 256 };

export type { Standing } from './route.ts';

export interface DeviceDecoder extends Decoder {
  /** lines of the registry's `sources` that can never assign anything, one sentence each; for the log at start */
  readonly problems: readonly string[];
  standingOf(topic: string): Standing;
  /** What devices have to be asked at `now` (epoch ms). To be called every second or so, and published at once. */
  dueRequests(now: number): readonly DeviceRequest[];
  /** The broker let us in anew: what devices said meanwhile may be lost, so they are asked for everything. */
  noteConnected(): void;
  /** the profile that reads the topic, or would as soon as a line of the registry covers it, where there is one */
  profileOf(topic: string): string | undefined;
}

/** A decoder for one state of the registry; when that changes, make a new one. */
export function createDecoder(options: {
  readonly registry: Registry;
  readonly profiles: readonly Profile[];
  readonly silences?: SilenceBook;
  readonly sparkplug?: SparkplugHost;
  readonly conditions?: Conditions;
  readonly memory?: DeviceMemory;
}): DeviceDecoder {
  const { silences = new SilenceBook(), sparkplug = new SparkplugHost(silences) } = options;
  const { conditions = new Conditions(), memory = new DeviceMemory() } = options;
  const states = new DeviceStates(silences, memory.beats());
  memory.follow(() => states.beats());
  sparkplug.forgetMeters();
  const byName = new Map(options.profiles.map((profile) => [profile.name, profile]));
  const sources = compileSources(options.registry, byName);
  const keepAlives = new KeepAlives(sources, (scope) => states.isBeating(scope));
  const messages = subscribedOf(options.profiles);
  const routes = new TopicCache<Route>(CACHED);
  const meters = new TopicCache<MeterRef>(CACHED);

  function intern({ source }: CompiledSource, slug: string): MeterRef {
    const made = meterRef(source.mission, source.camp, slug);
    const known = meters.get(made.key);
    if (known !== undefined) return known;
    meters.set(made.key, made);
    return made;
  }

  function routeFor(topic: string): Route {
    const known = routes.get(topic);
    if (known !== undefined) return known;
    const route = routeOf(topic, sources, messages);
    routes.set(topic, route);
    if (route.kind === 'device' && route.source !== undefined)
      keepAlives.heard(route.layout.message.profile, route.captures);
    return route;
  }

  const context = { intern, states, sparkplug, conditions, memory };
  remember(routeFor, context);

  return {
    decode: (message) => decodeBy(routeFor, context, message),
    standingOf: (topic) => standingOf(routeFor(topic)),
    profileOf: (topic) => profileOf(routeFor(topic)) ?? wouldRead(topic, options.profiles),
    filters: filtersFor(sources, messages),
    problems: sources.flatMap((source) => describeUseless(source, byName) ?? []),
    dueRequests(now) {
      states.noteLost(now);
      return [...keepAlives.due(now), ...sparkplug.due(now)];
    },
    noteConnected() {
      keepAlives.askAnew();
    },
  };
}

type RouteFor = (topic: string) => Route;

/** Who was heard before the registry or a profile changed, as the meters they are now. */
function remember(routeFor: RouteFor, { memory, states, sparkplug, intern }: DeviceContext): void {
  memory.reassign(({ topic, captures }) => {
    const route = routeFor(topic);
    const meter = route.kind === 'device' ? meterFor(route, captures, intern) : undefined;
    if (route.kind !== 'device' || meter === undefined) return undefined;
    states.remember(route.scopes, meter);
    if (route.layout.message.profile.spec.format === sparkplugFormat.name)
      sparkplug.took(route.captures, [{ meter }]);
    return meter;
  });
}

function decodeBy(routeFor: RouteFor, context: DeviceContext, message: InboundMessage): Decoded {
  const route = routeFor(message.topic);
  switch (route.kind) {
    case 'native':
      return decodeNative(route.meter, message);
    case 'device':
      return decodeDevice(route, message, context);
    case 'presence':
      return context.states.notePresence(route.scope, message);
    case 'condition':
      return noteCondition(route.told, routeFor, context, message);
    case 'rejected':
      return route.decoded;
    case 'ignored':
      return NO_READING;
  }
}

/** What another topic's messages mean is told now: those that waited for it are read, or what they told is forgotten. */
function noteCondition(
  told: ToldConditions,
  routeFor: RouteFor,
  context: DeviceContext,
  message: InboundMessage,
): Decoded {
  const decoded = told.flatMap(({ condition, captures }) => {
    const { read, forget } = context.conditions.note(condition, captures, message);
    for (const topic of forget) {
      const route = routeFor(topic);
      if (route.kind === 'device') context.states.forget(route.scopes, topic);
    }
    return read.map((each) => decodeBy(routeFor, context, each));
  });
  return together(decoded);
}

/** What profiles read on topics of their own, without a line of the registry. */
function subscribedOf(profiles: readonly Profile[]): ProfileMessage[] {
  return profiles.flatMap(({ messages }) => messages.filter((each) => each.isSubscribed));
}

function filtersFor(sources: readonly CompiledSource[], messages: readonly ProfileMessage[]): string[] {
  const subscribed = withoutCovered([
    NATIVE_FILTER,
    ...messages.flatMap((each) => each.patterns.flatMap((pattern) => filtersOf(pattern, SUBSCRIBED_DEPTH))),
  ]);
  return withoutCovered([...subscribed, ...sources.flatMap((source) => sourceFilters(source, subscribed))]);
}

/** What several messages became, as if it were one. */
function together(decoded: readonly Decoded[]): Decoded {
  if (decoded.length === 0) return NO_READING;
  return {
    readings: decoded.flatMap(({ readings }) => readings),
    rejections: decoded.flatMap(({ rejections }) => rejections),
    ignoredKeys: 0,
    receiptTimes: decoded.reduce((sum, { receiptTimes = 0 }) => sum + receiptTimes, 0),
  };
}

function describeUseless(source: CompiledSource, profiles: ReadonlyMap<string, Profile>): string | undefined {
  const line = `sources: the line for topic ${quoted(source.source.topic)}`;
  if (source.profile === undefined) {
    const known = [...profiles.keys()].sort().join(', ');
    return `${line} names the profile ${quoted(source.source.profile)}, which does not exist; known: ${known}`;
  }
  if (isUseful(source)) return undefined;
  const reads = source.profile.messages.flatMap((message) => message.patterns.map((pattern) => pattern.text));
  const shown = [...new Set(reads)].slice(0, 5).join(', ');
  return `${line} never meets what the profile ${source.profile.name} reads: ${shown}`;
}
