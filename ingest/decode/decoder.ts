/**
 * The decoder: message → readings or rejections, by the native contract or a device's profile. What a topic
 * means is worked out once and remembered within a bound, so a message costs a look-up and its payload.
 */
import { meterRef, type MeterRef } from '#lib/energy/reading.ts';
import type { Registry } from '#lib/registry/types.ts';
import { decodeDevice, type DeviceRoute } from './device.ts';
import {
  compileSources,
  isUseful,
  layoutFor,
  matchSource,
  presenceFor,
  sourceFilters,
  type CompiledSource,
} from './device-source.ts';
import { DeviceStates, type ScopeRef } from './device-state.ts';
import { quoted } from './found.ts';
import { KeepAlives } from './keep-alive.ts';
import {
  NO_READING,
  type Decoded,
  type Decoder,
  type DeviceRequest,
  type InboundMessage,
  type Rejection,
} from './message.ts';
import { withoutCovered } from '#lib/registry/mqtt-filter.ts';
import { decodeNative, NATIVE_FILTER, nativeMeter } from './native.ts';
import type { Profile, ProfileMessage } from './profile.ts';
import { SilenceBook } from './silence-book.ts';
import { SparkplugHost } from './sparkplug/host.ts';
import { isHostState } from './sparkplug/state-topic.ts';
import { TopicCache } from './topic-cache.ts';
import { filtersOf, SUBSCRIBED_DEPTH } from './topic-pattern.ts';

/** Topics remembered, and the longest that is: some 60 MB at the very worst. */
const CACHED = { entriesMax: 100_000, keyCharsMax: 256 };

type Route =
  | DeviceRoute
  | { readonly kind: 'native'; readonly meter: MeterRef }
  | { readonly kind: 'presence'; readonly scope: ScopeRef }
  | { readonly kind: 'rejected'; readonly decoded: Decoded }
  | { readonly kind: 'ignored' };

/**
 * What becomes of a topic's messages: `read` (or known to hold no reading), `unassigned` where a profile reads them and no
 * line of the registry says whose they are, `faulty` where topic or line are wrong, `unknown` where nobody reads them.
 */
export type Standing = 'read' | 'unassigned' | 'faulty' | 'unknown';

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
}): DeviceDecoder {
  const { silences = new SilenceBook(), sparkplug = new SparkplugHost(silences) } = options;
  const states = new DeviceStates(silences);
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

  return {
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
    decode(message: InboundMessage): Decoded {
      const route = routeFor(message.topic);
      switch (route.kind) {
        case 'native':
          return decodeNative(route.meter, message);
        case 'device':
          return decodeDevice(route, message, { intern, states, sparkplug });
        case 'presence':
          return states.notePresence(route.scope, message);
        case 'rejected':
          return route.decoded;
        case 'ignored':
          return NO_READING;
      }
    },
  };
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

/** What `topic` means. A source that covers it decides before any profile's own topics do. */
function routeOf(
  topic: string,
  sources: readonly CompiledSource[],
  messages: readonly ProfileMessage[],
): Route {
  const native = nativeMeter(topic);
  if (native !== undefined) return 'key' in native ? { kind: 'native', meter: native } : rejected(native);

  const levels = topic.split('/');
  let isCovered = false;
  for (const source of sources) {
    const named = matchSource(source, levels);
    if (named === undefined) continue;
    if (source.profile === undefined) return rejected(missingProfile(source, topic));
    isCovered = true;
    const scope = presenceFor(source.profile, levels);
    if (scope !== undefined) return { kind: 'presence', scope };
    const layout = layoutFor(source.profile.messages, levels);
    if (layout === undefined) continue;
    const zone = source.zone ?? layout.message.zone ?? source.missionZone;
    const captures = new Map([...layout.captures, ...named]);
    const scopes = DeviceStates.scopesOf(source.profile, layout.captures);
    return { kind: 'device', layout, source, captures, scopes, readTime: layout.message.readTime?.(zone) };
  }
  const layout = layoutFor(messages, levels);
  if (layout !== undefined) {
    const { captures } = layout;
    return { kind: 'device', layout, source: undefined, captures, scopes: [], readTime: undefined };
  }
  // An assigned device publishes more than its profile reads (status/wifi, LWT): no fault of anybody.
  if (isCovered || isHostState(levels)) return { kind: 'ignored' };
  const detail = `no profile and no line of the registry's sources reads the topic ${quoted(topic)}`;
  return rejected({ reason: 'topic-unknown', detail });
}

function profileOf(route: Route): string | undefined {
  return route.kind === 'device' ? route.layout.message.profile.name : undefined;
}

/**
 * A profile that is not subscribed to by itself, and whose topics begin with a word of its own (`N/`, `spBv1.0/`):
 * others may be anything.
 */
function wouldRead(topic: string, profiles: readonly Profile[]): string | undefined {
  const levels = topic.split('/');
  const own = profiles.flatMap(({ messages }) =>
    messages.map((message) => ({
      ...message,
      patterns: message.patterns.filter((pattern) => pattern.levels[0]?.kind === 'fixed'),
    })),
  );
  return layoutFor(own, levels)?.message.profile.name;
}

function standingOf(route: Route): Standing {
  switch (route.kind) {
    case 'native':
    case 'presence':
    case 'ignored':
      return 'read';
    case 'device':
      return route.source === undefined ? 'unassigned' : 'read';
    case 'rejected':
      return route.decoded.rejections.some(({ reason }) => reason === 'topic-unknown') ? 'unknown' : 'faulty';
  }
}

function rejected(rejection: Rejection): Route {
  return { kind: 'rejected', decoded: { readings: [], rejections: [rejection], ignoredKeys: 0 } };
}

function missingProfile({ source }: CompiledSource, topic: string): Rejection {
  const line = `the registry's line for ${quoted(source.topic)}`;
  const detail = `${line} gives the topic ${quoted(topic)} to the profile ${quoted(source.profile)}, which does not exist`;
  return { reason: 'device-unassigned', detail };
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
