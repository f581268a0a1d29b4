/**
 * Everything that people changed, as one list: who, when, why, and what was before and after. It is not written a second
 * time: registry versions, corrections, fuel records, notes and profiles in `app.db`, the broker's
 * credentials in `broker.db` and what `access.db` says of people are each added and never changed, and this reads them together.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { AuditedAction, AuditedChange, AuditedThing } from '../../registry/audited.ts';
import { translateSqliteError, type Row } from '../database.ts';
import { BROKER_FILE } from '../broker/credential-store.ts';
import { openAppDatabase } from './app-database.ts';

export interface ChangeFilter {
  /** epoch ms, inclusive */
  readonly from?: number;
  /** epoch ms, exclusive */
  readonly to?: number;
  /** a part of the author's name or address, in any case */
  readonly author?: string;
  readonly thing?: AuditedThing;
}

export interface ChangeLog {
  /** How many there are. */
  count(filter: ChangeFilter): number;
  /** Newest first. */
  list(filter: ChangeFilter, range: { readonly limit: number; readonly offset: number }): AuditedChange[];
  /** For `change-details.ts`. */
  readonly database: DatabaseSync;
  close(): void;
}

const ACCESS_SCHEMA = 'access';
const BROKER_SCHEMA = 'broker';

const signed = (thing: AuditedThing, table: string): string => `
  SELECT '${thing}' AS thing, iif(supersedes IS NULL, 'made', 'superseded') AS action, id AS number, made_at AS at,
    author, reason FROM ${table}
  UNION ALL
  SELECT '${thing}', 'withdrawn', ${table}, made_at, author, reason FROM ${table}_withdrawal`;

const OF_APP = `
  SELECT 'registry' AS thing, 'saved' AS action, id AS number, saved_at AS at, author, reason FROM registry_version
  UNION ALL
  SELECT 'profile', 'saved', id, made_at, author, reason FROM profile_save
  UNION ALL ${signed('correction', 'correction')}
  UNION ALL ${signed('fuel', 'fuel_record')}
  UNION ALL ${signed('note', 'note')}`;

const OF_ACCESS = `
  UNION ALL
  SELECT iif(action LIKE 'token-%', 'token', 'person'), action, id, at, actor, NULL FROM ${ACCESS_SCHEMA}.access_event`;

const OF_BROKER = `
  UNION ALL
  SELECT 'credential', 'made', id, made_at, author, reason FROM ${BROKER_SCHEMA}.credential
  UNION ALL
  SELECT 'credential', 'withdrawn', credential, made_at, author, reason FROM ${BROKER_SCHEMA}.credential_withdrawal`;

const FILTER = `WHERE at >= :from AND at < :to AND (:thing IS NULL OR thing = :thing)
  AND (:author IS NULL OR instr(lower(author), lower(:author)) > 0)`;

/** @param accessFile the file of people and their access; where there is none yet, there is nothing to tell of them */
export function openChangeLog(dataDir: string, accessFile: string): ChangeLog {
  const database = openAppDatabase(dataDir);
  const beside = [
    { schema: ACCESS_SCHEMA, path: join(dataDir, accessFile), changes: OF_ACCESS },
    { schema: BROKER_SCHEMA, path: join(dataDir, BROKER_FILE), changes: OF_BROKER },
  ].filter(({ path }) => existsSync(path));
  for (const { schema, path } of beside) attach(database, schema, path);
  // Whoever reads a record has no business in it.
  database.exec('PRAGMA query_only = ON');
  const all = `(${OF_APP}${beside.map(({ changes }) => changes).join('')})`;
  const counted = database.prepare(`SELECT count(*) AS n FROM ${all} ${FILTER}`);
  const listed = database.prepare(
    `SELECT * FROM ${all} ${FILTER} ORDER BY at DESC, thing, number DESC LIMIT :limit OFFSET :offset`,
  );
  return {
    database,
    count: (filter) => Number((counted.get(bound(filter)) as Row)['n']),
    list: (filter, { limit, offset }) =>
      (listed.all({ ...bound(filter), limit, offset }) as Row[]).map((row) => ({
        thing: String(row['thing']) as AuditedThing,
        action: String(row['action']) as AuditedAction,
        number: Number(row['number']),
        at: Number(row['at']),
        author: String(row['author']),
        reason: row['reason'] === null ? null : String(row['reason']),
      })),
    close() {
      database.close();
    },
  };
}

function attach(database: DatabaseSync, schema: string, path: string): void {
  try {
    database.prepare(`ATTACH ? AS ${schema}`).run(path);
    // A file that is none shows only when it is looked into.
    database.prepare(`SELECT count(*) FROM ${schema}.sqlite_schema`).get();
  } catch (cause) {
    database.close();
    throw translateSqliteError(cause, path);
  }
}

function bound({ from, to, author, thing }: ChangeFilter) {
  return {
    from: from ?? Number.MIN_SAFE_INTEGER,
    to: to ?? Number.MAX_SAFE_INTEGER,
    author: author ?? null,
    thing: thing ?? null,
  };
}
