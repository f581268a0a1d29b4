/**
 * The web server's context: the one place on this side that reads the environment and opens what pages need.
 * Everything is opened when first asked for, so that building the pages touches nothing.
 */
import { env } from 'node:process';
import type { Registry } from '../registry/types.ts';
import { openCorrectionStore, type CorrectionStore } from './registry/correction-store.ts';
import { openFuelRecordStore, type FuelRecordStore } from './registry/fuel-record-store.ts';
import { openNoteStore, type NoteStore } from './registry/note-store.ts';
import { openRegistryStore, type RegistryStore } from './registry/registry-store.ts';
import { openSilenceStore, type SilenceStore } from './registry/silence-store.ts';
import { brokerUrl, describeProblems, readSettings, type Settings } from './settings.ts';
import { AppError } from './errors.ts';
import { createLiveHub, type LiveHub } from './live/hub.ts';
import type { QueryContext } from './queries/types.ts';
import { openStore } from './store/open.ts';
import type { Store } from './store/store.ts';

interface Opened {
  readonly settings: Settings;
  readonly registry: RegistryStore;
  readonly corrections: CorrectionStore;
  readonly silences: SilenceStore;
  readonly fuel: FuelRecordStore;
  readonly notes: NoteStore;
  readonly store: Store;
}

let opening: Promise<Opened> | undefined;
let hub: LiveHub | undefined;

export function settings(): Settings {
  const result = readSettings(env);
  if (!result.ok)
    throw new AppError('CONFIG_INVALID', describeProblems(result.problems), { retryable: false });
  return result.settings;
}

async function open(): Promise<Opened> {
  const known = settings();
  const store = await openStore({
    dataDir: known.dataDir,
    readOnly: true,
    ...(known.influx && { influxUrl: known.influx.url }),
    ...(known.influx?.token !== undefined && { influxToken: known.influx.token }),
  });
  const { dataDir } = known;
  const [registry, corrections] = [openRegistryStore(dataDir), openCorrectionStore(dataDir)];
  return {
    settings: known,
    registry,
    corrections,
    silences: openSilenceStore(dataDir),
    fuel: openFuelRecordStore(dataDir),
    notes: openNoteStore(dataDir),
    store,
  };
}

async function opened(): Promise<Opened> {
  // A failed opening is forgotten, so that the next page load tries again instead of failing for ever.
  opening ??= open().catch((error: unknown) => {
    opening = undefined;
    throw error;
  });
  return opening;
}

/** What queries depend on, as of this very moment. */
export async function queryContext(): Promise<QueryContext> {
  const { registry, corrections, silences, fuel, store } = await opened();
  return {
    store,
    silences: silences.current(),
    registry: registry.current().registry,
    corrections: corrections.current(),
    fuelRecords: fuel.current(),
    now: Date.now(),
  };
}

/**
 * Saves what `edit` makes of the registry in force, as a new version; the worker follows by itself.
 * @throws AppError when the disk or the database does not take it
 */
export async function changeRegistry(
  edit: (registry: Registry) => Registry | undefined,
  why: { author: string; reason: string },
): Promise<void> {
  const { registry } = await opened();
  registry.change(edit, { ...why, savedAt: Date.now() });
}

/** Where deliveries are written down. */
export async function fuelRecordStore(): Promise<FuelRecordStore> {
  return (await opened()).fuel;
}

/** What people noted beside the curves. @throws AppError */
export async function noteStore(): Promise<NoteStore> {
  return (await opened()).notes;
}

/** The live readings' hub, shared by all browsers; connects when first asked for. */
export function liveHub(): LiveHub {
  if (hub === undefined) {
    const { mqtt } = settings();
    hub = createLiveHub({
      brokerUrl: brokerUrl(settings()),
      ...(mqtt.username !== undefined && { username: mqtt.username }),
      ...(mqtt.password !== undefined && { password: mqtt.password }),
      ...(mqtt.caFile !== undefined && { caFile: mqtt.caFile }),
    });
  }
  return hub;
}

/** Where a device reaches the broker, for the page that tells how to send a first reading. No credentials. */
export function brokerAddress(): { host: string; port: number; embedded: boolean } {
  const known = settings();
  const url = new URL(brokerUrl(known));
  return {
    host: url.hostname,
    port: Number(url.port === '' ? (url.protocol === 'mqtts:' ? 8883 : 1883) : url.port),
    embedded: known.mqtt.url === undefined,
  };
}

/** The worker's own health report; undefined when it does not answer. */
export function workerHealth(): Promise<unknown> {
  return askWorker('/health');
}

/** What the worker answers at `path`, as JSON; undefined when it does not. `question` is sent as JSON. */
export async function askWorker(path: string, question?: unknown): Promise<unknown> {
  const { worker } = settings();
  try {
    const response = await fetch(`http://${worker.host}:${String(worker.port)}${path}`, {
      signal: AbortSignal.timeout(question === undefined ? 1_000 : 5_000),
      ...(question !== undefined && { method: 'POST', body: JSON.stringify(question) }),
    });
    return (await response.json()) as unknown;
  } catch {
    return undefined;
  }
}
