/**
 * What a topic means: native, a device's by a line of the registry, presence, a condition, or nothing that is read. Worked
 * out from registry and profiles alone, once a topic.
 */
import type { MeterRef } from '#lib/energy/reading.ts';
import type { DeviceRoute } from './device.ts';
import { conditionsFor, layoutFor, matchSource, presenceFor, type CompiledSource } from './device-source.ts';
import { DeviceStates, type ScopeRef } from './device-state.ts';
import { quoted } from './found.ts';
import type { Decoded, Rejection } from './message.ts';
import { nativeMeter } from './native.ts';
import type { Profile, ProfileMessage } from './profile.ts';
import { isHostState } from './sparkplug/state-topic.ts';

export type ToldConditions = ReturnType<typeof conditionsFor>;

export type Route =
  | DeviceRoute
  | { readonly kind: 'native'; readonly meter: MeterRef }
  | { readonly kind: 'presence'; readonly scope: ScopeRef }
  | { readonly kind: 'condition'; readonly told: ToldConditions }
  | { readonly kind: 'rejected'; readonly decoded: Decoded }
  | { readonly kind: 'ignored' };

/**
 * What becomes of a topic's messages: `read` (or known to hold no reading), `unassigned` where a profile reads them and no
 * line of the registry says whose they are, `faulty` where topic or line are wrong, `unknown` where nobody reads them.
 */
export type Standing = 'read' | 'unassigned' | 'faulty' | 'unknown';

/** What `topic` means. A source that covers it decides before any profile's own topics do. */
export function routeOf(
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
    const told = conditionsFor(source.profile, levels);
    if (told.length > 0) return { kind: 'condition', told };
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

export function profileOf(route: Route): string | undefined {
  return route.kind === 'device' ? route.layout.message.profile.name : undefined;
}

/**
 * A profile that is not subscribed to by itself, and whose topics begin with a word of its own (`N/`, `spBv1.0/`):
 * others may be anything.
 */
export function wouldRead(topic: string, profiles: readonly Profile[]): string | undefined {
  const levels = topic.split('/');
  const own = profiles.flatMap(({ messages }) =>
    messages.map((message) => ({
      ...message,
      patterns: message.patterns.filter((pattern) => pattern.levels[0]?.kind === 'fixed'),
    })),
  );
  return layoutFor(own, levels)?.message.profile.name;
}

export function standingOf(route: Route): Standing {
  switch (route.kind) {
    case 'native':
    case 'presence':
    case 'condition':
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
