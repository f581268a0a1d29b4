/**
 * `access.db`: people, sessions, roles, tokens and what was changed about them. A file of its own that only the
 * dashboard opens and only its user may read (docs/decisions/0014-better-auth.md). Tables with quoted names
 * are better-auth's, as its own generator writes them; the rest is ours.
 */
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { keepPrivate, openDatabase } from '../database.ts';

export const ACCESS_FILE = 'access.db';

export const ACCESS_MIGRATIONS = [
  `CREATE TABLE "user" ("id" text NOT NULL PRIMARY KEY, "name" text NOT NULL, "email" text NOT NULL UNIQUE,
     "emailVerified" integer NOT NULL, "image" text, "createdAt" date NOT NULL, "updatedAt" date NOT NULL);
   CREATE TABLE "session" ("id" text NOT NULL PRIMARY KEY, "expiresAt" date NOT NULL, "token" text NOT NULL UNIQUE,
     "createdAt" date NOT NULL, "updatedAt" date NOT NULL, "ipAddress" text, "userAgent" text,
     "userId" text NOT NULL REFERENCES "user" ("id") ON DELETE CASCADE);
   CREATE TABLE "account" ("id" text NOT NULL PRIMARY KEY, "accountId" text NOT NULL, "providerId" text NOT NULL,
     "userId" text NOT NULL REFERENCES "user" ("id") ON DELETE CASCADE, "accessToken" text, "refreshToken" text,
     "idToken" text, "accessTokenExpiresAt" date, "refreshTokenExpiresAt" date, "scope" text, "password" text,
     "createdAt" date NOT NULL, "updatedAt" date NOT NULL);
   CREATE TABLE "verification" ("id" text NOT NULL PRIMARY KEY, "identifier" text NOT NULL, "value" text NOT NULL,
     "expiresAt" date NOT NULL, "createdAt" date NOT NULL, "updatedAt" date NOT NULL);
   CREATE INDEX "session_userId_idx" ON "session" ("userId");
   CREATE INDEX "account_userId_idx" ON "account" ("userId");
   CREATE INDEX "verification_identifier_idx" ON "verification" ("identifier");
   CREATE TABLE mission_role (
     person  TEXT NOT NULL REFERENCES "user" ("id") ON DELETE CASCADE,
     role    TEXT NOT NULL,
     mission TEXT NOT NULL,
     PRIMARY KEY (person, role, mission)
   ) STRICT;
   CREATE TABLE entry_link (
     hash       TEXT PRIMARY KEY,
     person     TEXT REFERENCES "user" ("id") ON DELETE CASCADE,
     expires_at INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE api_token (
     id         TEXT PRIMARY KEY,
     hash       TEXT NOT NULL UNIQUE,
     person     TEXT NOT NULL REFERENCES "user" ("id") ON DELETE CASCADE,
     name       TEXT NOT NULL,
     missions   TEXT,
     created_at INTEGER NOT NULL,
     expires_at INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE demo_desk (
     person TEXT PRIMARY KEY REFERENCES "user" ("id") ON DELETE CASCADE,
     place  INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE installation (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
   CREATE TABLE access_event (
     id      INTEGER PRIMARY KEY,
     at      INTEGER NOT NULL,
     actor   TEXT NOT NULL,
     action  TEXT NOT NULL,
     subject TEXT NOT NULL,
     before  TEXT,
     after   TEXT
   ) STRICT;
   CREATE TRIGGER access_event_stays BEFORE UPDATE ON access_event
     BEGIN SELECT RAISE(ABORT, 'what happened is never changed'); END;
   CREATE TRIGGER access_event_is_kept BEFORE DELETE ON access_event
     BEGIN SELECT RAISE(ABORT, 'what happened is never deleted'); END`,
  // A second step of signing in, as better-auth's generator writes it.
  `ALTER TABLE "user" ADD COLUMN "twoFactorEnabled" integer;
   CREATE TABLE "twoFactor" ("id" text NOT NULL PRIMARY KEY, "secret" text NOT NULL, "backupCodes" text NOT NULL,
     "userId" text NOT NULL REFERENCES "user" ("id") ON DELETE CASCADE, "verified" integer,
     "failedVerificationCount" integer, "lockedUntil" date);
   CREATE INDEX "twoFactor_userId_idx" ON "twoFactor" ("userId");`,
];

export function openAccessDatabase(dataDir: string): DatabaseSync {
  const file = join(dataDir, ACCESS_FILE);
  const database = openDatabase({ file, migrations: ACCESS_MIGRATIONS });
  // Sessions are in it as they are in the cookie: who can read the file can be anybody.
  keepPrivate(file);
  return database;
}
