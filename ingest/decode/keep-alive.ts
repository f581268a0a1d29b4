/**
 * Keep-alives: devices that publish only while somebody asks them to (`keepAlive` of a profile). One schedule for
 * each installation that a line of the registry names, or that was heard on a topic a line covers. The first request
 * after a start, a reconnect or a silence asks for everything; those that follow for changes only.
 */
import type { CompiledSource } from './device-source.ts';
import type { DeviceRequest } from './message.ts';
import { durationMs, type KeepAliveSpec } from './presence-schema.ts';
import { scopeOf } from './presence.ts';
import type { Profile } from './profile.ts';
import { fillText, templateNames } from './slug.ts';
import { parseTopicPattern, type Captures } from './topic-pattern.ts';

/** Installations asked for; a topic level is whatever somebody publishes there. */
const INSTALLATIONS_MAX = 1_000;

interface Installation {
  readonly spec: KeepAliveSpec;
  readonly topic: string;
  readonly everyMs: number;
  /** of the heartbeats that answer; undefined where the profile has none */
  readonly scope: string | undefined;
  askedAt: number;
  /** whether everything was asked for since the heartbeat was last lost */
  isAwake: boolean;
}

export class KeepAlives {
  readonly #installations = new Map<string, Installation>();
  readonly #isBeating: (scope: string) => boolean;

  constructor(sources: readonly CompiledSource[], isBeating: (scope: string) => boolean) {
    this.#isBeating = isBeating;
    for (const { profile, levels } of sources) {
      const captures = profile?.keepAlive && namedByLine(profile, levels);
      if (profile !== undefined && captures !== undefined) this.heard(profile, captures);
    }
  }

  /** An installation spoke, on a topic that a line covers. */
  heard(profile: Profile, captures: Captures): void {
    const { keepAlive: spec } = profile;
    if (spec === undefined) return;
    const topic = fillText(spec.topic, captures);
    if (topic === undefined || /[+#]/.test(topic) || this.#installations.has(topic)) return;
    if (this.#installations.size >= INSTALLATIONS_MAX) return;
    const rule = profile.presence.find(({ heartbeat }) => heartbeat !== undefined);
    const scope = rule && scopeOf(rule, captures);
    this.#installations.set(topic, {
      spec,
      topic,
      everyMs: durationMs(spec.every),
      scope,
      askedAt: -Infinity,
      isAwake: false,
    });
  }

  /** What is due at `now` (epoch ms). */
  due(now: number): DeviceRequest[] {
    const requests: DeviceRequest[] = [];
    for (const each of this.#installations.values()) {
      const isHeard = each.scope === undefined || this.#isBeating(each.scope);
      // A clock that was set back must not silence an installation for hours.
      if (Math.abs(now - each.askedAt) < each.everyMs) continue;
      // No heartbeat since we asked for everything: nobody was there to hear it, or it was lost on the way.
      const { first, then } = each.spec;
      requests.push({ topic: each.topic, payload: each.isAwake && isHeard ? then : first });
      each.isAwake = true;
      each.askedAt = now;
    }
    return requests;
  }

  /** The connection is new: what was said meanwhile nobody heard. */
  askAnew(): void {
    for (const each of this.#installations.values()) {
      each.isAwake = false;
      each.askedAt = -Infinity;
    }
  }
}

/** The topic of the keep-alive that a line's devices listen to; undefined where they need none, or the line does not name it. */
export function requestTopic(profile: Profile, line: readonly string[]): string | undefined {
  const captures = profile.keepAlive && namedByLine(profile, line);
  if (profile.keepAlive === undefined || captures === undefined) return undefined;
  const topic = fillText(profile.keepAlive.topic, captures);
  return topic === undefined || /[+#]/.test(topic) ? undefined : topic;
}

/** The names of the keep-alive's topic that a line's own levels give, where they give all of them. */
function namedByLine(profile: Profile, line: readonly string[]): Captures | undefined {
  const names = templateNames(profile.keepAlive?.topic ?? '');
  const captures = new Map<string, string>();
  for (const { patterns } of [...profile.presence, ...profile.messages]) {
    for (const { levels } of patterns) {
      for (const [place, level] of levels.entries()) {
        if (level.kind === 'rest') break;
        const said = line[place];
        if (said === undefined || said === '#') break;
        if (level.kind === 'fixed' || !names.includes(level.name) || /^[+{]/.test(said)) continue;
        captures.set(level.name, said);
      }
    }
  }
  return names.every((name) => captures.has(name)) ? captures : undefined;
}

/** Why a keep-alive's topic cannot be filled: a sentence, or undefined. */
export function keepAliveProblem(spec: KeepAliveSpec, captured: ReadonlySet<string>): string | undefined {
  const missing = templateNames(spec.topic).find((name) => !captured.has(name));
  if (missing !== undefined) return `no topic captures {${missing}}`;
  const plain = parseTopicPattern(spec.topic);
  return typeof plain === 'string' ? plain : undefined;
}
