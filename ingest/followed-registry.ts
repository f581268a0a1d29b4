/** The registry in force, and what the worker makes of it: followed while it runs, because a meter is registered on a page. */
import type { Logger } from 'pino';
import type { MeterRef } from '#lib/energy/reading.ts';
import { meterOf } from '#lib/registry/lookup.ts';
import type { Registry } from '#lib/registry/types.ts';
import type { RegistryStore } from '#lib/server/registry/registry-store.ts';
import { createDecoder, type DeviceDecoder } from './decode/decoder.ts';
import type { Profile } from './decode/profile.ts';
import type { Source, SourceEvent } from './sources/source.ts';
import { SilenceBook } from './decode/silence-book.ts';

export class FollowedRegistry {
  readonly #store: RegistryStore;
  readonly #profiles: () => readonly Profile[];
  readonly #log: Logger;
  readonly #silences = new SilenceBook();
  #version: number;
  #registry: Registry;
  #decoder: DeviceDecoder;
  /** the profiles that the decoder was made with */
  #read: readonly Profile[] = [];

  constructor(parts: { store: RegistryStore; profiles: () => readonly Profile[]; log: Logger }) {
    this.#store = parts.store;
    this.#profiles = parts.profiles;
    this.#log = parts.log;
    ({ registry: this.#registry, version: this.#version } = parts.store.current());
    this.#decoder = this.#newDecoder();
  }

  get registry(): Registry {
    return this.#registry;
  }

  get decoder(): DeviceDecoder {
    return this.#decoder;
  }

  readonly isInverted = (meter: MeterRef): boolean => meterOf(this.#registry, meter)?.invert === true;

  noteSource({ kind }: SourceEvent): void {
    if (kind === 'connected') this.#decoder.noteConnected();
  }

  /** Publishes what devices have to be asked at `now` (epoch ms). */
  askDevices(source: Pick<Source, 'publish'>, now: number): void {
    for (const { topic, payload } of this.#decoder.dueRequests(now))
      source.publish(topic, payload, { retain: false });
  }

  /** Takes over a registry saved since, and profiles. Returns whether there was one. */
  follow(): boolean {
    const { registry, version } = this.#store.current();
    const profiles = this.#profiles();
    const isNewRegistry = version !== this.#version;
    if (!isNewRegistry && profiles === this.#read) return false;
    this.#registry = registry;
    this.#version = version;
    if (isNewRegistry) this.#log.info({ event: 'registry', version });
    this.#decoder = this.#newDecoder();
    return true;
  }

  #newDecoder(): DeviceDecoder {
    this.#read = this.#profiles();
    const decoder = createDecoder({
      registry: this.#registry,
      profiles: this.#read,
      silences: this.#silences,
    });
    for (const problem of decoder.problems) this.#log.warn({ event: 'source-line', problem });
    return decoder;
  }
}
