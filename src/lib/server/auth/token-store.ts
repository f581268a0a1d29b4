/**
 * Tokens for scripts and Grafana: read what their person may read, in the missions they name, until they end or are
 * revoked. Kept as a hash; the token itself is shown once.
 */
import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Row } from '../database.ts';
import { hashOf, newSecret } from './secrets.ts';

/** By it a leaked token is recognised in a file or a log. */
export const TOKEN_PREFIX = 'bluewatt_';
const DAY_MS = 86_400_000;
export const MAX_TOKEN_DAYS = 366;
export const MAX_TOKENS = 20;

export interface ApiToken {
  readonly id: string;
  readonly name: string;
  /** undefined: all that its person sees */
  readonly missions: readonly string[] | undefined;
  /** epoch ms */
  readonly expiresAt: number;
}

export interface TokenStore {
  /** @returns the token itself, which nobody sees again; undefined when the person has as many as may be */
  make(
    person: string,
    token: { name: string; missions: readonly string[] | undefined; days: number },
  ): string | undefined;
  ofPerson(person: string): readonly ApiToken[];
  /** @returns its name; undefined when the person has no such token */
  revoke(person: string, id: string): string | undefined;
  /** Undefined when it is unknown, revoked or too old. */
  check(secret: string): { person: string; missions: readonly string[] | undefined } | undefined;
}

const missionsOf = (row: Row): readonly string[] | undefined =>
  row['missions'] === null ? undefined : (JSON.parse(String(row['missions'])) as string[]);

export function createTokenStore(database: DatabaseSync): TokenStore {
  const add = database.prepare(
    'INSERT INTO api_token (id, hash, person, name, missions, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const ofPerson = database.prepare(
    'SELECT id, name, missions, expires_at FROM api_token WHERE person = ? ORDER BY created_at',
  );
  const revoke = database.prepare('DELETE FROM api_token WHERE person = ? AND id = ? RETURNING name');
  const find = database.prepare('SELECT person, missions FROM api_token WHERE hash = ? AND expires_at > ?');
  return {
    make(person, { name, missions, days }) {
      if (ofPerson.all(person).length >= MAX_TOKENS) return undefined;
      const secret = `${TOKEN_PREFIX}${newSecret()}`;
      const now = Date.now();
      const scope = missions === undefined ? null : JSON.stringify(missions);
      const endsAt = now + Math.min(days, MAX_TOKEN_DAYS) * DAY_MS;
      add.run(randomUUID(), hashOf(secret), person, name, scope, now, endsAt);
      return secret;
    },
    ofPerson: (person) =>
      (ofPerson.all(person) as Row[]).map((row) => ({
        id: String(row['id']),
        name: String(row['name']),
        missions: missionsOf(row),
        expiresAt: Number(row['expires_at']),
      })),
    revoke(person, id) {
      const row = revoke.get(person, id) as Row | undefined;
      return row && String(row['name']);
    },
    check(secret) {
      if (!secret.startsWith(TOKEN_PREFIX)) return undefined;
      const row = find.get(hashOf(secret), Date.now()) as Row | undefined;
      return row && { person: String(row['person']), missions: missionsOf(row) };
    },
  };
}
