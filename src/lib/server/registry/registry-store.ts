/**
 * The registry at rest: every version that was ever saved, newest in force, in `app.db`. The worker and the
 * web server each hold one of these and notice the other's (or the command line's) changes by themselves.
 */
import { EMPTY_REGISTRY } from '../../registry/lookup.ts';
import type { Registry } from '../../registry/types.ts';
import type { Row } from '../database.ts';
import { AppError } from '../errors.ts';
import { changeInOne, changesOf, openAppDatabase } from './app-database.ts';

export interface RegistryVersion {
  /** 0 when nothing was ever saved; grows by one with each change */
  readonly version: number;
  readonly registry: Registry;
}

export interface ChangeReason {
  readonly author: string;
  readonly reason: string;
  /** epoch ms */
  readonly savedAt: number;
}

/** A version that was saved, and why. */
export interface SavedVersion extends ChangeReason {
  readonly version: number;
}

export interface RegistryStore {
  /** The version in force. Cheap: asks the file only whether somebody has written to it. @throws AppError REGISTRY_INVALID */
  current(): RegistryVersion;
  /** Saves a new version unless it equals the one in force. `savedAt` in epoch ms. */
  save(registry: Registry, why: ChangeReason): RegistryVersion;
  /**
   * Saves what `edit` makes of the version in force, with no other change in between; the version in force stays
   * when it makes nothing of it. What `edit` throws is thrown, and nothing is saved.
   * @throws AppError when the disk or the database does not take it
   */
  change(
    edit: (registry: Registry, version: number) => Registry | undefined,
    why: ChangeReason,
  ): RegistryVersion;
  /** A version as it was saved; the empty registry for 0, undefined for one that never was. @throws AppError REGISTRY_INVALID */
  at(version: number): Registry | undefined;
  /** At most `limit` versions, newest first, those below `before` only. */
  list(range: { readonly before?: number; readonly limit: number }): SavedVersion[];
  close(): void;
}

export function openRegistryStore(dataDir: string): RegistryStore {
  const database = openAppDatabase(dataDir);
  const hasChanged = changesOf(database);
  const newest = database.prepare('SELECT id, document FROM registry_version ORDER BY id DESC LIMIT 1');
  const insert = database.prepare(
    'INSERT INTO registry_version (saved_at, author, reason, document) VALUES (?, ?, ?, ?)',
  );
  const one = database.prepare('SELECT id, document FROM registry_version WHERE id = ?');
  const some = database.prepare(
    'SELECT id, saved_at, author, reason FROM registry_version WHERE id < ? ORDER BY id DESC LIMIT ?',
  );
  let cached: RegistryVersion = { version: 0, registry: EMPTY_REGISTRY };

  function current(): RegistryVersion {
    if (!hasChanged()) return cached;
    const row = newest.get() as Row | undefined;
    if (row !== undefined && Number(row['id']) !== cached.version) {
      cached = { version: Number(row['id']), registry: registryOf(row) };
    }
    return cached;
  }

  function change(
    edit: (registry: Registry, version: number) => Registry | undefined,
    { author, reason, savedAt }: ChangeReason,
  ): RegistryVersion {
    // Remembered only once it is committed: a full disk may refuse it at the very end.
    cached = changeInOne(database, () => {
      const before = current();
      const registry = edit(before.registry, before.version);
      if (registry === undefined) return before;
      const document = JSON.stringify(registry);
      if (JSON.stringify(before.registry) === document) return before;
      const { lastInsertRowid } = insert.run(savedAt, author, reason, document);
      return { version: Number(lastInsertRowid), registry };
    });
    return cached;
  }

  return {
    current,
    save: (registry, why) => change(() => registry, why),
    change,
    at(version) {
      if (version === 0) return EMPTY_REGISTRY;
      const row = one.get(version) as Row | undefined;
      return row && registryOf(row);
    },
    list: ({ before = Number.MAX_SAFE_INTEGER, limit }) =>
      (some.all(before, limit) as Row[]).map((row) => ({
        version: Number(row['id']),
        savedAt: Number(row['saved_at']),
        author: String(row['author']),
        reason: String(row['reason']),
      })),
    close() {
      database.close();
    },
  };
}

function registryOf(row: Row): Registry {
  try {
    return JSON.parse(String(row['document'])) as Registry;
  } catch (cause) {
    throw new AppError(
      'REGISTRY_INVALID',
      `Version ${String(row['id'])} of the registry cannot be read. Restore app.db from a backup.`,
      { retryable: false, cause },
    );
  }
}
