/**
 * The worker's own file, `worker.db`: what is not in the store yet (spool), what never will be (dead letters)
 * and what the accounts still have to take in (dirty days). One file, so that one synced commit covers all
 * that a batch needs before it may be acknowledged.
 */
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openDatabase } from '#lib/server/database.ts';

export const JOURNAL_MIGRATIONS = [
  `CREATE TABLE dead_letter (
     id          INTEGER PRIMARY KEY,
     received_at INTEGER NOT NULL,
     topic       TEXT NOT NULL,
     payload     BLOB NOT NULL,
     retain      INTEGER NOT NULL,
     reason      TEXT NOT NULL,
     detail      TEXT NOT NULL
   ) STRICT;
   CREATE INDEX dead_letter_reason ON dead_letter (reason, id);
   CREATE TABLE letter_replay (
     letter INTEGER PRIMARY KEY REFERENCES dead_letter (id) ON DELETE CASCADE
   ) STRICT;
   CREATE TABLE spool (
     id       INTEGER PRIMARY KEY AUTOINCREMENT,
     saved_at INTEGER NOT NULL,
     readings INTEGER NOT NULL,
     body     BLOB NOT NULL
   ) STRICT;
   CREATE TABLE dirty_day (
     meter    TEXT PRIMARY KEY,
     from_day INTEGER NOT NULL,
     to_day   INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE account_state (
     meter TEXT PRIMARY KEY,
     state TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE accounted_registry (
     one      INTEGER PRIMARY KEY CHECK (one = 1),
     document TEXT NOT NULL
   ) STRICT`,
  `CREATE TABLE accounted_correction (
     id      INTEGER PRIMARY KEY,
     meter   TEXT NOT NULL,
     from_at INTEGER NOT NULL,
     to_at   INTEGER NOT NULL,
     is_done INTEGER NOT NULL
   ) STRICT`,
  `CREATE TABLE spool_newest (
     meter TEXT PRIMARY KEY,
     at    INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE subscription (
     session TEXT NOT NULL,
     filter  TEXT NOT NULL,
     PRIMARY KEY (session, filter)
   ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE own_profile (
     file TEXT PRIMARY KEY,
     text TEXT NOT NULL
   ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE topic_group (
     shape    TEXT PRIMARY KEY,
     document TEXT NOT NULL
   ) STRICT`,
  `CREATE TABLE announcement (
     topic    TEXT PRIMARY KEY,
     document TEXT NOT NULL
   ) STRICT`,
  `CREATE TABLE sparkplug_birth (
     node   TEXT NOT NULL,
     device TEXT NOT NULL,
     birth  TEXT NOT NULL,
     PRIMARY KEY (node, device)
   ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE raw_kept (
     one      INTEGER PRIMARY KEY CHECK (one = 1),
     from_day INTEGER NOT NULL
   ) STRICT`,
];

export function openJournal(dataDir: string): DatabaseSync {
  return openDatabase({ file: join(dataDir, 'worker.db'), migrations: JOURNAL_MIGRATIONS });
}
