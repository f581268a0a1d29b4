/** The registry in force, and what the worker makes of it: followed while it runs, because a meter is registered on a page. */
import type { DatabaseSync } from 'node:sqlite';
import type { Logger } from 'pino';
import type { MeterRef } from '#lib/energy/reading.ts';
import { meterOf } from '#lib/registry/lookup.ts';
import type { Registry } from '#lib/registry/types.ts';
import type { RegistryStore } from '#lib/server/registry/registry-store.ts';
import type { SilenceStore } from '#lib/server/registry/silence-store.ts';
import { createBirthFile, type BirthFile } from './birth-file.ts';
import { Conditions } from './decode/conditions.ts';
import { DeviceMemory } from './decode/device-memory.ts';
import { createDecoder, type DeviceDecoder } from './decode/decoder.ts';
import type { Profile } from './decode/profile.ts';
import type { Source, SourceEvent } from './sources/source.ts';
import { SilenceBook } from './decode/silence-book.ts';
import { SparkplugHost } from './decode/sparkplug/host.ts';
import { messageOf } from './worker-events.ts';

export class FollowedRegistry {
  readonly #store: RegistryStore;
  readonly #profiles: () => readonly Profile[];
  readonly #log: Logger;
  readonly #silenceStore: SilenceStore;
  readonly #silences: SilenceBook;
  readonly #births: BirthFile;
  readonly #sparkplug: SparkplugHost;
  readonly #conditions = new Conditions();
  readonly #memory = new DeviceMemory();
  /** told once */
  #saveFault: string | undefined;
  #version: number;
  #registry: Registry;
  #decoder: DeviceDecoder;
  /** the profiles that the decoder was made with */
  #read: readonly Profile[] = [];

  constructor(parts: {
    registryStore: RegistryStore;
    silenceStore: SilenceStore;
    journal: DatabaseSync;
    profiles: () => readonly Profile[];
    log: Logger;
  }) {
    this.#silenceStore = parts.silenceStore;
    this.#silences = new SilenceBook(parts.silenceStore.current());
    this.#births = createBirthFile(parts.journal);
    this.#sparkplug = new SparkplugHost(this.#silences, this.#births.read());
    this.#store = parts.registryStore;
    this.#profiles = parts.profiles;
    this.#log = parts.log;
    ({ registry: this.#registry, version: this.#version } = parts.registryStore.current());
    this.#decoder = this.#newDecoder();
  }

  get registry(): Registry {
    return this.#registry;
  }

  get version(): number {
    return this.#version;
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
    this.#save();
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

  /** Writes down what devices' silence and births have changed. What the disk does not take is tried again the next time. */
  #save(): void {
    this.#saveFrom(this.#silences, this.#silenceStore);
    this.#saveFrom(this.#sparkplug, this.#births);
  }

  #saveFrom<Changes extends ReadonlyMap<string, unknown>>(
    book: { takeChanges(): Changes; putBack(changes: Changes): void },
    file: { write(changes: Changes): void },
  ): void {
    const changes = book.takeChanges();
    if (changes.size === 0) return;
    try {
      file.write(changes);
      this.#saveFault = undefined;
    } catch (error) {
      book.putBack(changes);
      const problem = messageOf(error);
      if (problem !== this.#saveFault) this.#log.warn({ event: 'device-state-unsaved', problem });
      this.#saveFault = problem;
    }
  }

  #newDecoder(): DeviceDecoder {
    this.#read = this.#profiles();
    const decoder = createDecoder({
      registry: this.#registry,
      profiles: this.#read,
      silences: this.#silences,
      sparkplug: this.#sparkplug,
      conditions: this.#conditions,
      memory: this.#memory,
    });
    for (const problem of decoder.problems) this.#log.warn({ event: 'source-line', problem });
    return decoder;
  }
}
