/**
 * What a decoder hands on to the one that takes its place when the registry or a profile changes: which topics told of
 * which meters, and whose heartbeat is heard. A last will or a death certificate that comes next, and a heartbeat that
 * stops next, still says of those meters that they are silent, though they have not spoken since the change.
 */
import type { MeterRef } from '#lib/energy/reading.ts';
import type { Heartbeat } from './profile.ts';
import type { Captures } from './topic-pattern.ts';

/** Whoever names devices at random must not fill the memory. */
const HEARD_MAX = 20_000;

/** One thing that a topic's messages told of. */
export interface Heard {
  readonly topic: string;
  /** everything captured from topic and payload */
  readonly captures: Captures;
}

/** Instants are epoch ms. */
export interface Beat {
  readonly heartbeat: Heartbeat;
  readonly beatAt: number;
  readonly rereadAt: number;
  readonly isLost: boolean;
}

export class DeviceMemory {
  #heard = new Map<string, Heard>();
  #beats: () => ReadonlyMap<string, Beat> = () => new Map();

  note(meter: MeterRef, heard: Heard): void {
    if (this.#heard.size < HEARD_MAX) this.#heard.set(`${heard.topic} ${meter.key}`, heard);
  }

  /** Goes through all that was heard; `meterOf` says whose it is now, undefined where nobody's. */
  reassign(meterOf: (heard: Heard) => MeterRef | undefined): void {
    const before = this.#heard;
    this.#heard = new Map();
    for (const heard of before.values()) {
      const meter = meterOf(heard);
      if (meter !== undefined) this.note(meter, heard);
    }
  }

  /** The heartbeats that are heard, by scope. */
  beats(): ReadonlyMap<string, Beat> {
    return this.#beats();
  }

  /** From now on `beats` tells them. */
  follow(beats: () => ReadonlyMap<string, Beat>): void {
    this.#beats = beats;
  }
}
