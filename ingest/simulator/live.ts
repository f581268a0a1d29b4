/**
 * Live readings: each meter speaks every two to five seconds, between the quarter-hours that `History`
 * hands out, from the same registers. A meter that a fault has silenced says nothing.
 */
import { deliveryOf, faultsOf, type Delivery } from './faults.ts';
import { deviceMessages, nativeTopic, stampOf, type DeviceAddress, type DeviceMessage } from './devices.ts';
import type { History } from './history.ts';
import { withoutClock } from './history.ts';
import { chance, seedOf } from './noise.ts';
import { DAY_MS, QUARTER_MS, type Scenario } from './scenario.ts';
import type { MeterTrack } from './track.ts';
import { momentOf, valuesAt } from './values.ts';
import { STEPS } from './weather.ts';

const SHORTEST_MS = 2000;
const LONGEST_MS = 5000;
const NO_CLOCK_EVERY_MS = 60_000;
const MALFORMED_EVERY_MS = 600_000;

interface Speaker {
  readonly track: MeterTrack;
  readonly address: DeviceAddress;
  readonly campSeed: number;
  readonly everyMs: number;
  readonly delivery: ((hour: number) => Delivery) | undefined;
  readonly odd: { readonly everyMs: number; readonly payload: () => string } | undefined;
}

export class Live {
  readonly #scenario: Scenario;
  readonly #speakers: readonly Speaker[];

  /** `history` must have been taken up to the present whenever {@link between} is asked. */
  constructor(scenario: Scenario, history: History) {
    this.#scenario = scenario;
    this.#speakers = history.camps.flatMap((camp) =>
      camp.meters.map((track) => speakerOf(track, camp.mission, camp.plan, scenario.seed)),
    );
  }

  /** What the meters say in the time after `after` up to and including `now`, each at most once. */
  between(after: number, now: number): DeviceMessage[] {
    const messages: DeviceMessage[] = [];
    const scenarioMs = now - this.#scenario.startAt;
    const day = Math.floor(scenarioMs / DAY_MS);
    for (const speaker of this.#speakers) {
      if (day < speaker.track.plan.sinceDay) continue;
      const phaseMs = speaker.campSeed % speaker.everyMs;
      if (hasCome(speaker.everyMs, phaseMs, after, now) && isSpeaking(speaker, scenarioMs)) {
        const stamp = stampOf(speaker.address.device, now);
        messages.push(...deviceMessages(speaker.address, stamp, this.#valuesOf(speaker, stamp)));
      }
      if (speaker.odd && hasCome(speaker.odd.everyMs, phaseMs, after, now)) {
        messages.push({ topic: nativeTopic(speaker.track.key), payload: speaker.odd.payload() });
      }
    }
    return messages;
  }

  #valuesOf({ track, campSeed }: Speaker, at: number): Record<string, number> {
    const scenarioMs = at - this.#scenario.startAt;
    const quarter = Math.floor(scenarioMs / QUARTER_MS);
    const timePart = (scenarioMs - quarter * QUARTER_MS) / QUARTER_MS;
    return valuesAt(track, momentOf(campSeed, quarter, timePart, quarter % STEPS));
  }
}

function isSpeaking({ delivery }: Speaker, scenarioMs: number): boolean {
  // Faults are told by the quarter-hour, as history tells them.
  return !delivery || delivery(Math.floor(scenarioMs / QUARTER_MS) / 4) === 'sent';
}

/** Whether a beat of `everyMs` fell into the time after `after` up to `now`. */
function hasCome(everyMs: number, phaseMs: number, after: number, now: number): boolean {
  return Math.floor((now + phaseMs) / everyMs) > Math.floor((after + phaseMs) / everyMs);
}

function speakerOf(
  track: MeterTrack,
  mission: { slug: string; zone: string },
  camp: { slug: string; device: DeviceAddress['device'] },
  seed: number,
): Speaker {
  const own = seedOf(track.key, seed);
  return {
    track,
    address: {
      device: camp.device,
      mission: mission.slug,
      camp: camp.slug,
      meter: track.plan.slug,
      zone: mission.zone,
    },
    campSeed: seedOf(`${mission.slug}/${camp.slug}`, seed),
    everyMs: Math.round(SHORTEST_MS + (LONGEST_MS - SHORTEST_MS) * chance(own, 9)),
    delivery: deliveryOf(track.key),
    odd: oddOf(track),
  };
}

function oddOf(track: MeterTrack): Speaker['odd'] {
  for (const { kind } of faultsOf(track.key)) {
    if (kind === 'no-clock') return { everyMs: NO_CLOCK_EVERY_MS, payload: () => withoutClock(track, 0) };
    if (kind === 'malformed') return { everyMs: MALFORMED_EVERY_MS, payload: () => '{"at":"2026-' };
  }
  return undefined;
}
