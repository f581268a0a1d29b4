/** The registry in force, and what the worker makes of it: followed while it runs, because a meter is registered on a page. */
import type { Logger } from 'pino';
import type { MeterRef } from '#lib/energy/reading.ts';
import { meterOf } from '#lib/registry/lookup.ts';
import type { Registry } from '#lib/registry/types.ts';
import type { RegistryStore } from '#lib/server/registry/registry-store.ts';
import { createDecoder, type DeviceDecoder } from './decode/decoder.ts';
import type { Profile } from './decode/profile.ts';

export class FollowedRegistry {
  readonly #store: RegistryStore;
  readonly #profiles: readonly Profile[];
  readonly #log: Logger;
  #version: number;
  #registry: Registry;
  #decoder: DeviceDecoder;

  constructor(parts: { store: RegistryStore; profiles: readonly Profile[]; log: Logger }) {
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

  /** Takes over a version saved since. Returns whether there was one. */
  follow(): boolean {
    const { registry, version } = this.#store.current();
    if (version === this.#version) return false;
    this.#registry = registry;
    this.#version = version;
    this.#log.info({ event: 'registry', version });
    this.#decoder = this.#newDecoder();
    return true;
  }

  #newDecoder(): DeviceDecoder {
    const decoder = createDecoder({ registry: this.#registry, profiles: this.#profiles });
    for (const problem of decoder.problems) this.#log.warn({ event: 'source-line', problem });
    return decoder;
  }
}
