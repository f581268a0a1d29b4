/**
 * The values that hold of meters whose device publishes what changes and nothing else, by the topic that told them.
 *
 * A register that stands still is told again only when it is minutes old: its next step belongs to all the time since the
 * last value, and telling the old one just before would squeeze a kilowatt-hour into a second.
 */
import type { Quantity } from '#lib/energy/quantity.ts';
import type { MeterRef, Reading, Values } from '#lib/energy/reading.ts';
import { REGISTERS } from './profile-schema.ts';

/** Below the shortest silence after which a register's rise counts as recovered (5 min), with a heartbeat to spare. */
const REGISTER_AGE_MS = 4 * 60_000;
/** Whoever names topics at random must not fill the memory. */
const TOPICS_MAX = 5_000;

interface Told {
  /** when it was told, or told again */
  at: number;
  readonly values: Values;
}

interface Held {
  readonly meter: MeterRef;
  readonly byTopic: Map<string, Told>;
}

export class HeldValues {
  readonly #byMeter = new Map<string, Held>();
  /** the meters that a topic tells of, by topic */
  readonly #keysOf = new Map<string, readonly string[]>();

  /** What `topic` tells now, in place of what it told before; nothing, when `readings` is empty. */
  take(topic: string, readings: readonly Reading[]): void {
    const before = this.#keysOf.get(topic);
    if (before === undefined && (readings.length === 0 || this.#keysOf.size >= TOPICS_MAX)) return;
    for (const key of before ?? []) this.#byMeter.get(key)?.byTopic.delete(topic);
    if (readings.length === 0) {
      this.#keysOf.delete(topic);
      return;
    }
    for (const { meter, at, values } of readings) {
      const held = this.#byMeter.get(meter.key) ?? { meter, byTopic: new Map<string, Told>() };
      this.#byMeter.set(meter.key, held);
      held.byTopic.set(topic, { at, values });
    }
    if (before === undefined)
      this.#keysOf.set(
        topic,
        readings.map(({ meter }) => meter.key),
      );
  }

  /** `readings`, each with what else holds of its meter, but for registers. */
  complete(readings: readonly Reading[]): readonly Reading[] {
    return readings.map((reading) => {
      const { meter, at, values } = reading;
      const held = this.#byMeter.get(meter.key);
      if (held === undefined || held.byTopic.size < 2) return reading;
      const all: Values = {};
      for (const told of held.byTopic.values()) addRates(all, told.values);
      return { meter, at, values: Object.assign(all, values) };
    });
  }

  /** All that holds at `at` (epoch ms), one reading a meter; registers where they are due. */
  reread(at: number): Reading[] {
    return [...this.#byMeter.values()].flatMap(({ meter, byTopic }): Reading[] => {
      const all: Values = {};
      for (const told of byTopic.values()) {
        if (at - told.at < REGISTER_AGE_MS) addRates(all, told.values);
        else {
          Object.assign(all, told.values);
          told.at = at;
        }
      }
      return Object.keys(all).length === 0 ? [] : [{ meter, at, values: all }];
    });
  }

  clear(): void {
    this.#byMeter.clear();
    this.#keysOf.clear();
  }
}

function addRates(into: Values, values: Values): void {
  for (const name in values) {
    const quantity = name as Quantity;
    const value = values[quantity];
    if (value !== undefined && !REGISTERS.has(quantity)) into[quantity] = value;
  }
}
