/**
 * What has to be remembered between the messages of devices: who answers for whom (last will, heartbeat), and the
 * last value of every topic of devices that publish what changes and nothing else. While such a device's heartbeat
 * is heard its last values hold: each reading tells them too, and once in a while a heartbeat becomes a reading of them.
 * A value that was taken back, a device that left and a heartbeat that stopped end that at once.
 *
 * Nothing here needs to survive a restart: a keep-alive that asks for everything brings it back. What has to outlast a
 * change of the registry is handed on through `device-memory.ts`.
 */
import type { MeterRef, Reading } from '#lib/energy/reading.ts';
import type { Beat } from './device-memory.ts';
import { NO_READING, type Decoded, type InboundMessage } from './message.ts';
import { HeldValues } from './held-values.ts';
import { scopeOf } from './presence.ts';
import type { Heartbeat, PresenceRule, Profile } from './profile.ts';
import type { SilenceBook } from './silence-book.ts';
import type { Captures } from './topic-pattern.ts';

/** Whoever names devices at random must not fill the memory: beyond it nothing is remembered. */
const SCOPES_MAX = 10_000;

/** One device, or all devices behind one gateway. */
interface Scope {
  readonly meters: Map<string, MeterRef>;
  /** epoch ms of the newest reading since the last heartbeat, by meter key */
  readonly spokeAt: Map<string, number>;
  heartbeat: Heartbeat | undefined;
  readonly held: HeldValues;
  beatAt: number | undefined;
  rereadAt: number;
  isLost: boolean;
}

export interface ScopeRef {
  readonly id: string;
  readonly rule: PresenceRule;
}

export class DeviceStates {
  readonly #scopes = new Map<string, Scope>();
  readonly #silences: SilenceBook;

  /** @param beats heard until now, by scope; what was told meanwhile is told again when it is asked for */
  constructor(silences: SilenceBook, beats: ReadonlyMap<string, Beat> = new Map()) {
    this.#silences = silences;
    for (const [id, beat] of beats)
      this.#scopes.set(id, { meters: new Map(), spokeAt: new Map(), held: new HeldValues(), ...beat });
  }

  /** The heartbeats that are heard, by scope. */
  beats(): ReadonlyMap<string, Beat> {
    return new Map(
      [...this.#scopes].flatMap(([id, { heartbeat, beatAt, rereadAt, isLost }]) =>
        heartbeat === undefined || beatAt === undefined
          ? []
          : [[id, { heartbeat, beatAt, rereadAt, isLost }]],
      ),
    );
  }

  /** A meter that was heard of before, in these scopes. */
  remember(scopes: readonly ScopeRef[], meter: MeterRef): void {
    for (const ref of scopes) this.#scopeOf(ref)?.meters.set(meter.key, meter);
  }

  /** The scopes that a topic of `profile` with these captures belongs to. */
  static scopesOf(profile: Profile, captures: Captures): ScopeRef[] {
    return profile.presence.map((rule) => ({ id: scopeOf(rule, captures), rule }));
  }

  /**
   * A message of a device became `readings`; none when it holds no value now.
   * @returns them, with what else holds of their meters at that moment
   */
  took(
    scopes: readonly ScopeRef[],
    topic: string,
    readings: readonly Reading[],
    expireAfterMs: number | null,
  ): readonly Reading[] {
    for (const { meter } of readings) this.#silences.spoke(meter, expireAfterMs);
    let completed = readings;
    for (const ref of scopes) {
      const scope = this.#scopeOf(ref);
      if (scope === undefined) continue;
      for (const { meter } of readings) scope.meters.set(meter.key, meter);
      if (scope.heartbeat === undefined) continue;
      for (const { meter, at } of readings) noteSpoke(scope, meter, at);
      scope.held.take(topic, readings);
      if (scope.beatAt !== undefined && !scope.isLost) completed = scope.held.complete(readings);
    }
    return completed;
  }

  /** The device behind `topic` said goodbye; `meter` is the one the topic told of, if it ever did. */
  left(scopes: readonly ScopeRef[], topic: string, meter: MeterRef | undefined, at: number): void {
    this.forget(scopes, topic);
    if (meter !== undefined) this.#silences.fellSilent(meter, at, 'device-gone');
  }

  /** What `topic` told no longer holds: it turned out to be something else. */
  forget(scopes: readonly ScopeRef[], topic: string): void {
    for (const { id } of scopes) this.#scopes.get(id)?.held.take(topic, []);
  }

  /** A message of a presence topic: readings of values that still hold, and who is there or gone. */
  notePresence(ref: ScopeRef, message: InboundMessage): Decoded {
    // A heartbeat that somebody remembered is none.
    if (ref.rule.heartbeat !== undefined)
      return message.retain ? NO_READING : this.#beat(ref, message.receivedAt);
    const isGone = ref.rule.isGone(message.payload);
    const scope = this.#scopes.get(ref.id);
    if (isGone === undefined || scope === undefined) return NO_READING;
    for (const meter of scope.meters.values()) {
      if (isGone) this.#silences.fellSilent(meter, message.receivedAt, 'last-will');
    }
    return NO_READING;
  }

  /** Notes heartbeats that stopped, at `now` (epoch ms). */
  noteLost(now: number): void {
    for (const scope of this.#scopes.values()) {
      const { heartbeat, beatAt, isLost } = scope;
      if (heartbeat === undefined || beatAt === undefined || isLost) continue;
      if (now - beatAt > heartbeat.lostAfterMs) this.#lose(scope, beatAt);
    }
  }

  /** Whether the heartbeat of the scope is heard. */
  isBeating(id: string): boolean {
    const scope = this.#scopes.get(id);
    return scope?.beatAt !== undefined && !scope.isLost;
  }

  #beat(ref: ScopeRef, at: number): Decoded {
    const scope = this.#scopeOf(ref);
    const { heartbeat } = ref.rule;
    if (scope === undefined || heartbeat === undefined) return NO_READING;
    const { beatAt } = scope;
    if (beatAt !== undefined && at - beatAt > heartbeat.lostAfterMs && !scope.isLost)
      this.#lose(scope, beatAt);
    scope.beatAt = at;
    scope.spokeAt.clear();
    if (scope.isLost || beatAt === undefined) {
      scope.isLost = false;
      scope.rereadAt = at;
      return NO_READING;
    }
    if (at - scope.rereadAt < heartbeat.rereadEveryMs) return NO_READING;
    scope.rereadAt = at;
    const readings = scope.held.reread(at);
    return { readings, rejections: [], ignoredKeys: 0, receiptTimes: readings.length };
  }

  /** What changed since the last heartbeat nobody told us: what was remembered no longer holds. */
  #lose(scope: Scope, beatAt: number): void {
    scope.isLost = true;
    scope.held.clear();
    for (const meter of scope.meters.values()) {
      // What a meter said after the last heartbeat is a sign of life too: its silence begins there.
      const since = Math.max(beatAt, scope.spokeAt.get(meter.key) ?? beatAt);
      this.#silences.fellSilent(meter, since, 'heartbeat-lost');
    }
    scope.spokeAt.clear();
  }

  #scopeOf({ id, rule }: ScopeRef): Scope | undefined {
    const known = this.#scopes.get(id);
    if (known !== undefined) known.heartbeat = rule.heartbeat;
    if (known !== undefined || this.#scopes.size >= SCOPES_MAX) return known;
    const scope = {
      meters: new Map(),
      spokeAt: new Map(),
      heartbeat: rule.heartbeat,
      held: new HeldValues(),
      beatAt: undefined,
      rereadAt: 0,
      isLost: false,
    };
    this.#scopes.set(id, scope);
    return scope;
  }
}

function noteSpoke({ spokeAt }: Scope, { key }: MeterRef, at: number): void {
  if (at > (spokeAt.get(key) ?? -Infinity)) spokeAt.set(key, at);
}
