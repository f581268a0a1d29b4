/** What a seed means: which messages are published and what goes wrong meanwhile. Pure; the same at every replay. */
import type { Direction, Fault } from './proxy.ts';
import type { Message } from './publisher.ts';
import { createRandom, type Random } from './random.ts';

export type Part = 'worker' | 'broker' | 'influx';
export type LinkName = 'broker' | 'influx';

/** Something that happens `atMs` after the first message. */
export type Act = { readonly atMs: number } & (
  { readonly kind: 'strike'; readonly link: LinkName; readonly fault: Fault } | Kill
);

/** SIGKILL, and a start on the same data `forMs` later. */
export interface Kill {
  readonly kind: 'kill';
  readonly part: Part;
  readonly forMs: number;
  /** what does not happen before the worker has been seen to spool */
  readonly spooledBefore?: 'death' | 'start';
}

export interface Schedule {
  readonly mission: string;
  readonly messages: readonly Message[];
  /** over which the messages are spread evenly */
  readonly publishMs: number;
  readonly acts: readonly Act[];
}

export interface ScheduleKind {
  /** how often the network is hurt */
  readonly strikes: readonly [from: number, to: number];
  readonly links: readonly LinkName[];
  /** how often a process is killed, and which */
  readonly kills: readonly [from: number, to: number];
  readonly parts: readonly Part[];
  /** one seed in this many keeps InfluxDB away until the worker has begun to spool; 0 for none */
  readonly spoolEvery: number;
}

/** Longer than the five seconds after which the worker spools. */
const SPOOLING_OUTAGE_MS = 6_500;
const PUBLISH_MS = 2_500;
export const METERS = ['m1', 'm2', 'm3'] as const;
const STEP_MS = 10_000;
export const FIRST_AT = Date.UTC(2026, 0, 5);

export function missionOf(seed: number): string {
  return `seed-${String(seed)}`;
}

export function isSpooling(seed: number, { spoolEvery }: ScheduleKind): boolean {
  return spoolEvery > 0 && seed % spoolEvery === 0;
}

export function scheduleOf(seed: number, kind: ScheduleKind): Schedule {
  const random = createRandom(seed);
  const mission = missionOf(seed);
  const messages = messagesOf(mission, random);
  const publishMs = isSpooling(seed, kind) ? SPOOLING_OUTAGE_MS : PUBLISH_MS;
  const acts = isSpooling(seed, kind) ? spoolingActs(random) : actsOf(kind, random);
  return { mission, messages, publishMs, acts: acts.sort((a, b) => a.atMs - b.atMs) };
}

function actsOf(kind: ScheduleKind, random: Random): Act[] {
  const acts: Act[] = [];
  const atMs = (): number => random.between(0, PUBLISH_MS);
  for (let left = random.between(...kind.strikes); left > 0; left -= 1) {
    const link = random.pick(kind.links);
    const fault = link === 'influx' && random.next() < 0.25 ? answerOf(random) : faultOf(random);
    acts.push({ atMs: atMs(), kind: 'strike', link, fault });
  }
  for (let left = random.between(...kind.kills); left > 0; left -= 1) {
    acts.push({ atMs: atMs(), kind: 'kill', part: random.pick(kind.parts), forMs: random.between(0, 700) });
  }
  return acts;
}

/** InfluxDB is away until the worker spools; then the worker dies too, and often the broker. */
function spoolingActs(random: Random): Act[] {
  const acts: Act[] = [
    { atMs: 100, kind: 'kill', part: 'influx', forMs: SPOOLING_OUTAGE_MS, spooledBefore: 'start' },
    {
      atMs: random.between(6_000, SPOOLING_OUTAGE_MS),
      kind: 'kill',
      part: 'worker',
      forMs: random.between(0, 700),
      spooledBefore: 'death',
    },
  ];
  if (random.next() < 0.7) {
    const atMs = random.between(200, SPOOLING_OUTAGE_MS);
    acts.push({ atMs, kind: 'kill', part: 'broker', forMs: random.between(0, 700) });
  }
  return acts;
}

function answerOf(random: Random): Fault {
  const status = random.pick([401, 403, 404, 500, 503] as const);
  return { kind: 'answer', status, forMs: random.between(50, 1_500) };
}

function faultOf(random: Random): Fault {
  const direction = random.pick<Direction>(['up', 'down']);
  switch (random.pick(['delay', 'reset', 'half-open', 'cut', 'cut', 'stall', 'refuse'] as const)) {
    case 'delay':
      return { kind: 'delay', byMs: random.between(5, 300), forMs: random.between(100, 1_000) };
    case 'reset':
      return { kind: 'reset' };
    case 'half-open':
      return { kind: 'half-open', forMs: random.between(50, 1_200) };
    case 'cut':
      return { kind: 'cut', direction, afterBytes: random.between(1, 3_000) };
    case 'stall':
      // Up to a whole head and a little of a body.
      return { kind: 'stall', headBytes: random.between(0, 300), forMs: random.between(50, 1_000) };
    case 'refuse':
      return { kind: 'refuse', forMs: random.between(50, 800) };
  }
}

/**
 * A register of each meter that rises by another amount each ten seconds, so that no two readings are alike;
 * some wait and come as a backlog, neighbours change places, and one message in thirty is no reading.
 */
function messagesOf(mission: string, random: Random): Message[] {
  const messages: Message[] = METERS.flatMap((meter) => {
    const topic = `bluewatt/${mission}/camp/${meter}/reading`;
    const told: Message[] = [];
    let registerWh = random.between(1, 1_000_000);
    let at = FIRST_AT + random.between(0, 9_999);
    for (let left = random.between(40, 80); left > 0; left -= 1) {
      const readings = Array.from({ length: random.next() < 0.05 ? random.between(2, 30) : 1 }, () => {
        at += STEP_MS;
        registerWh += random.between(0, 500);
        return { at, energyForwardWh: registerWh, activePowerW: random.between(0, 180_000) };
      });
      const [only] = readings;
      told.push({ topic, payload: JSON.stringify(readings.length === 1 ? only : readings) });
    }
    return told;
  });
  for (let index = messages.length - 1; index > 0; index -= 1) {
    if (random.next() < 0.03) messages.splice(index, 0, poison(mission, index, random));
    const other = Math.max(0, index - random.between(0, 60));
    [messages[index], messages[other]] = [messages[other] as Message, messages[index] as Message];
  }
  return messages;
}

function poison(mission: string, index: number, random: Random): Message {
  const topic = `bluewatt/${mission}/camp/m1/reading`;
  const mark = `${mission}-${String(index)}`;
  return random.pick<Message>([
    { topic, payload: `{"at":1767571200000,"note":"${mark}` },
    { topic, payload: JSON.stringify({ activePowerW: 1, note: mark }) },
    { topic: `bluewatt/${mission}/Camp/m1/reading`, payload: JSON.stringify({ at: FIRST_AT, note: mark }) },
  ]);
}
