/**
 * Which meters are known to have fallen silent, since when and how that is known. A last will, a heartbeat that
 * stopped, a device that said goodbye and a death certificate all end here; the worker carries what changed to
 * where pages read it.
 */
import type { MeterRef } from '#lib/energy/reading.ts';
import type { MeterSilence, SilenceCause } from '#lib/energy/silence.ts';

/** Meters kept in mind; beyond, silence shows by the meters' expected interval alone. */
const METERS_MAX = 100_000;

export class SilenceBook {
  readonly #known: Map<string, MeterSilence>;
  readonly #changed = new Set<string>();

  /** @param known what was written down before, by meter key */
  constructor(known: ReadonlyMap<string, MeterSilence> = new Map()) {
    this.#known = new Map(known);
  }

  /** The meter has said nothing since `since` (epoch ms), and is known not to. */
  fellSilent({ key }: MeterRef, since: number, cause: SilenceCause): void {
    const known = this.#known.get(key);
    // What ended first tells since when; a second sign of the same end says nothing new.
    if (known?.silent !== undefined && known.silent !== null) return;
    this.#set(key, { silent: { since, cause }, expireAfterMs: known?.expireAfterMs ?? null });
  }

  /** The meter speaks. Called for each of a device's readings: a look-up. */
  spoke({ key }: MeterRef, expireAfterMs: number | null): void {
    const known = this.#known.get(key);
    if (
      known === undefined
        ? expireAfterMs === null
        : known.silent === null && known.expireAfterMs === expireAfterMs
    )
      return;
    this.#set(key, { silent: null, expireAfterMs });
  }

  /** What changed since this was last called, by meter key. */
  takeChanges(): ReadonlyMap<string, MeterSilence> {
    const changes = new Map<string, MeterSilence>();
    for (const key of this.#changed) {
      const known = this.#known.get(key);
      if (known !== undefined) changes.set(key, known);
    }
    this.#changed.clear();
    return changes;
  }

  /** They could not be written down: they count as changed again. */
  putBack(changes: ReadonlyMap<string, MeterSilence>): void {
    for (const key of changes.keys()) this.#changed.add(key);
  }

  #set(key: string, silence: MeterSilence): void {
    if (!this.#known.has(key) && this.#known.size >= METERS_MAX) return;
    this.#known.set(key, silence);
    this.#changed.add(key);
  }
}
