/**
 * The web server's context: the one place on this side that reads the environment and opens what pages need.
 * Everything is opened when first asked for, so that building the pages touches nothing.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import type { Registry } from '../registry/types.ts';
import { brokerAddressOf, type BrokerAddress } from './broker/address.ts';
import { askCredentials, type CredentialStore } from './broker/credential-store.ts';
import { ownLogin } from './broker/own-login.ts';
import { WEB_USER } from './broker/service-users.ts';
import { openChangeLog, type ChangeLog } from './registry/change-log.ts';
import { openCorrectionStore, type CorrectionStore } from './registry/correction-store.ts';
import { openDraftStore, type DraftStore } from './registry/draft-store.ts';
import { openFuelRecordStore, type FuelRecordStore } from './registry/fuel-record-store.ts';
import { openNoteStore, type NoteStore } from './registry/note-store.ts';
import { recordProfile } from './registry/profile-record.ts';
import { openRegistryStore, type RegistryStore, type RegistryVersion } from './registry/registry-store.ts';
import { openSilenceStore, type SilenceStore } from './registry/silence-store.ts';
import { brokerUrl, readSettings, type AccessMode, type Settings } from './settings.ts';
import { describeProblems } from './settings-problems.ts';
import { translateSqliteError } from './database.ts';
import { AppError } from './errors.ts';
import { createLiveHub, type LiveHub } from './live/hub.ts';
import { createSilenceWatch, type SilenceWatch } from './live/silence-watch.ts';
import type { QueryContext } from './queries/types.ts';
import { openStore } from './store/open.ts';
import { signatureOf, type Access } from './auth/access.ts';
import { factorSetsWith } from '../energy/factors.ts';
import { assertMayChange } from './auth/changes.ts';
import { currentAccess } from './auth/current.ts';
import { scoped, scopedReport } from './auth/scope.ts';
import { ACCESS_FILE } from './auth/database.ts';
import { tellWhoGetsIn } from './auth/start.ts';
import { namesSomebody, nobodysAccess, openAccessSystem, type AccessSystem } from './auth/system.ts';
import type { Store } from './store/store.ts';

interface Opened {
  readonly settings: Settings;
  readonly registry: RegistryStore;
  readonly drafts: DraftStore;
  readonly corrections: CorrectionStore;
  readonly silences: SilenceStore;
  readonly fuel: FuelRecordStore;
  readonly notes: NoteStore;
  readonly store: Store;
}

let opening: Promise<Opened> | undefined;
let hub: LiveHub | undefined;
let access: AccessSystem | undefined;
let silences: SilenceWatch | undefined;

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
    drafts: openDraftStore(dataDir),
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

/** People, tokens and sessions. @throws AppError when its file cannot be opened */
export function accessSystem(): AccessSystem {
  access ??= openAccessSystem(settings());
  return access;
}

/** Tells the log who gets in, and where people must sign in and nobody administers yet, the link that lets the first one in. */
export function startAccess(): void {
  const result = readSettings(env);
  // Told by the first page that is asked for, as every fault of the settings is.
  if (result.ok) tellWhoGetsIn(result.settings, accessSystem);
}

/** What the head and foot of every page tell of access. */
export function accessNote(): { mode: AccessMode; canSignIn: boolean } {
  const { access: mode, dataDir } = settings();
  // Where nobody ever signed in and nobody needs to, there is nothing to sign in with.
  return { mode, canSignIn: mode === 'accounts' || existsSync(join(dataDir, ACCESS_FILE)) };
}

/** Who sends these headers; undefined when their token is none. Opens nothing where nobody is named. */
export async function identify(
  headers: Headers,
): Promise<{ access: Access; setCookie: readonly string[] } | undefined> {
  if (!namesSomebody(headers)) return { access: nobodysAccess(settings()), setCookie: [] };
  return accessSystem().identify(headers);
}

/** What queries depend on, as of this very moment and as the reader may see it. */
export async function queryContext(): Promise<QueryContext> {
  const { registry, corrections, silences, fuel, store } = await opened();
  const inForce = registry.current().registry;
  const all = {
    store,
    silences: silences.current(),
    registry: inForce,
    factorSets: factorSetsWith(inForce.factors),
    corrections: corrections.current(),
    fuelRecords: fuel.current(),
    now: Date.now(),
  };
  return scoped(all, currentAccess());
}

/** Who answers for a change: whoever signed in, else whom they name. */
export function signedBy(named: string): string {
  const { person } = currentAccess();
  return person === undefined ? named : signatureOf(person);
}

/**
 * Saves what `edit` makes of the registry in force, as a new version; the worker follows by itself. Whoever signed in is
 * its author; `why` names one where nobody did.
 * @throws AppError when the disk or the database does not take it; Error when the reader may not change what it changes
 */
export async function changeRegistry(
  edit: (registry: Registry, version: number) => Registry | undefined,
  why: { author: string; reason: string },
): Promise<RegistryVersion> {
  const { registry } = await opened();
  const reader = currentAccess();
  const editAllowed = (before: Registry, version: number): Registry | undefined => {
    const after = edit(before, version);
    if (after !== undefined) assertMayChange(reader, before, after);
    return after;
  };
  return registry.change(editAllowed, { ...why, author: signedBy(why.author), savedAt: Date.now() });
}

/** Whether the reader may make `after` of `before`, and so may see what lies between them. */
export function mayChangeRegistry(before: Registry, after: Registry): boolean {
  try {
    assertMayChange(currentAccess(), before, after);
    return true;
  } catch {
    return false;
  }
}

/** Every version, whole: for pages that show of it what {@link mayChangeRegistry} and their route's rule allow. */
export async function registryVersions(): Promise<Pick<RegistryStore, 'current' | 'at' | 'list'>> {
  return (await opened()).registry;
}

/** What was typed and is not saved yet. */
export async function draftStore(): Promise<DraftStore> {
  return (await opened()).drafts;
}

/** Where deliveries are written down. */
export async function fuelRecordStore(): Promise<FuelRecordStore> {
  return (await opened()).fuel;
}

/** What people noted beside the curves. @throws AppError */
export async function noteStore(): Promise<NoteStore> {
  return (await opened()).notes;
}

/** What `question` finds in the record of all that people changed; opened for it alone, because it is asked for rarely. @throws AppError */
export function withChangeLog<T>(question: (log: ChangeLog) => T): Promise<T> {
  const log = openChangeLog(settings().dataDir, ACCESS_FILE);
  try {
    return Promise.resolve(question(log));
  } catch (cause) {
    throw translateSqliteError(cause, settings().dataDir);
  } finally {
    log.close();
  }
}

/** Keeps on record that a profile was saved, and by whom. @throws AppError */
export function recordSavedProfile(profile: { name: string; yaml: string }, reason: string): void {
  recordProfile(settings().dataDir, profile, { author: signedBy('dashboard'), reason, madeAt: Date.now() });
}

/** What `question` finds among the broker's credentials. @throws AppError */
export function withCredentials<T>(question: (store: CredentialStore) => T): T {
  return askCredentials(settings().dataDir, question);
}

/** The live readings' hub, shared by all browsers; connects when first asked for. */
export function liveHub(): LiveHub {
  if (hub === undefined) {
    const known = settings();
    hub = createLiveHub({
      brokerUrl: brokerUrl(known),
      ...ownLogin(known, WEB_USER, () => withCredentials((store) => store.serviceSecret())),
    });
  }
  return hub;
}

/** Who falls silent, shared by all browsers. @throws AppError */
export async function silenceWatch(): Promise<SilenceWatch> {
  const known = (await opened()).silences;
  return (silences ??= createSilenceWatch(() => known.current()));
}

/** Where a device reaches the broker. */
export function brokerAddress(): BrokerAddress {
  return brokerAddressOf(settings());
}

/** The worker's own health report; undefined when it does not answer. */
export async function workerHealth(): Promise<unknown> {
  return scopedReport(await askWorker('/health'), currentAccess());
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
