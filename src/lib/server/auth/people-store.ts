/**
 * People, their roles by mission, the links that let somebody in once, and what was changed about them, all in
 * `access.db`. Passwords and sessions are better-auth's (`accounts.ts`); removing a person ends theirs at once.
 */
import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { inTransaction, type Row } from '../database.ts';
import type { Person } from './access.ts';
import { createAccessRecord, type AccessRecord } from './access-record.ts';
import { ALL_MISSIONS, isRole, type Grant } from '../../access/roles.ts';
import { hashOf, newSecret } from './secrets.ts';

const LINK_MS = 24 * 3_600_000;

export interface ListedPerson extends Person {
  readonly grants: readonly Grant[];
  /** whether they have set a password or come from the organisation's own sign-in */
  readonly hasEntered: boolean;
}

export interface PeopleStore extends AccessRecord {
  grantsOf(person: string): readonly Grant[];
  find(person: string): Person | undefined;
  list(): readonly ListedPerson[];
  hasAdministrator(): boolean;
  /** Adds a person who cannot sign in yet, or returns the one with this address. */
  invite(who: { name: string; email: string; grants: readonly Grant[] }, actor: string): Person;
  /** @returns false when nobody would be left who administers */
  setGrants(person: string, grants: readonly Grant[], actor: string): boolean;
  /** Ends sessions and tokens as well. @returns false when nobody would be left who administers */
  remove(person: string, actor: string): boolean;
  /** A secret that lets `person` set a password once, within a day; earlier ones no longer do. Without a person: the first administrator. */
  makeLink(person: Person | undefined, actor: string): string;
  /** Whose link it is; undefined when it is none, was used or is too old. */
  linked(secret: string): { person: Person | undefined } | undefined;
  /** Uses the link up. @returns whether it could still be used */
  useLink(secret: string): boolean;
}

export function grantText(grants: readonly Grant[]): string {
  return grants
    .map(({ role, mission }) => (mission === ALL_MISSIONS ? role : `${role} (${mission})`))
    .join(', ');
}

const toPerson = (row: Row): Person => ({
  id: String(row['id']),
  name: String(row['name']),
  email: String(row['email']),
});

type Sql = ReturnType<typeof statements>;

export function createPeopleStore(database: DatabaseSync): PeopleStore {
  const sql = statements(database);
  const record = createAccessRecord(database);
  const reading = createReading(sql);
  const note: PeopleStore['note'] = (event) => {
    record.note(event);
  };
  return {
    ...record,
    ...reading,
    ...createChanges({ database, sql, reading, note }),
    ...createLinks({ database, sql, reading, note }),
  };
}

const administratorsIn = (sql: Sql): number => Number((sql.administrators.get() as Row)['n']);

function createReading(sql: Sql): Pick<PeopleStore, 'grantsOf' | 'find' | 'list' | 'hasAdministrator'> {
  function grantsOf(person: string): readonly Grant[] {
    return (sql.grants.all(person) as Row[]).flatMap((row) => {
      const role = String(row['role']);
      // A role of a newer version gives nothing here.
      return isRole(role) ? [{ role, mission: String(row['mission']) }] : [];
    });
  }
  return {
    grantsOf,
    find(person) {
      const row = sql.person.get(person) as Row | undefined;
      return row && toPerson(row);
    },
    list: () =>
      (sql.people.all() as Row[]).map((row) => {
        const person = toPerson(row);
        return { ...person, grants: grantsOf(person.id), hasEntered: Number(row['accounts']) > 0 };
      }),
    hasAdministrator: () => administratorsIn(sql) > 0,
  };
}

interface Parts {
  readonly database: DatabaseSync;
  readonly sql: Sql;
  readonly note: PeopleStore['note'];
}

function createChanges({
  database,
  sql,
  note,
  reading,
}: Parts & { reading: Pick<PeopleStore, 'find' | 'grantsOf'> }): Pick<
  PeopleStore,
  'invite' | 'setGrants' | 'remove'
> {
  function writeGrants(person: string, grants: readonly Grant[]): void {
    sql.dropGrants.run(person);
    for (const { role, mission } of grants) sql.addGrant.run(person, role, mission);
  }
  /** Runs `change` unless it would leave nobody who administers. */
  function keepingAdministrator(change: () => void): boolean {
    return inTransaction(database, () => {
      const before = administratorsIn(sql);
      database.exec('SAVEPOINT kept');
      change();
      const isKept = before === 0 || administratorsIn(sql) > 0;
      if (!isKept) database.exec('ROLLBACK TO kept');
      database.exec('RELEASE kept');
      return isKept;
    });
  }
  const about = (person: string) => ({
    subject: reading.find(person)?.email ?? person,
    before: grantText(reading.grantsOf(person)),
  });
  return {
    invite: ({ name, email, grants }, actor) =>
      inTransaction(database, () => {
        const known = sql.byEmail.get(email) as Row | undefined;
        if (known !== undefined) return toPerson(known);
        const person = { id: randomUUID(), name, email };
        const now = new Date().toISOString();
        sql.addPerson.run(person.id, name, email, now, now);
        writeGrants(person.id, grants);
        note({ actor, action: 'invited', subject: email, before: null, after: grantText(grants) });
        return person;
      }),
    setGrants: (person, grants, actor) =>
      keepingAdministrator(() => {
        note({ actor, action: 'roles-changed', ...about(person), after: grantText(grants) });
        writeGrants(person, grants);
      }),
    remove: (person, actor) =>
      keepingAdministrator(() => {
        note({ actor, action: 'removed', ...about(person), after: null });
        sql.removePerson.run(person);
      }),
  };
}

function createLinks({
  database,
  sql,
  note,
  reading,
}: Parts & { reading: Pick<PeopleStore, 'find'> }): Pick<PeopleStore, 'makeLink' | 'linked' | 'useLink'> {
  return {
    makeLink(person, actor) {
      const secret = newSecret();
      inTransaction(database, () => {
        sql.dropLinks.run(person?.id ?? null);
        sql.addLink.run(hashOf(secret), person?.id ?? null, Date.now() + LINK_MS);
        if (person !== undefined)
          note({ actor, action: 'link-made', subject: person.email, before: null, after: null });
      });
      return secret;
    },
    linked(secret) {
      const row = sql.link.get(hashOf(secret), Date.now()) as Row | undefined;
      if (row === undefined) return undefined;
      return { person: row['person'] === null ? undefined : reading.find(String(row['person'])) };
    },
    useLink: (secret) => sql.useLink.run(hashOf(secret), Date.now()).changes === 1,
  };
}

function statements(database: DatabaseSync) {
  return {
    administrators: database.prepare(
      `SELECT count(*) AS n FROM mission_role WHERE role = 'administrator' AND mission = '${ALL_MISSIONS}'
         AND person NOT IN (SELECT person FROM demo_desk)`,
    ),
    grants: database.prepare(
      'SELECT role, mission FROM mission_role WHERE person = ? ORDER BY role, mission',
    ),
    person: database.prepare('SELECT id, name, email FROM "user" WHERE id = ?'),
    byEmail: database.prepare('SELECT id, name, email FROM "user" WHERE email = ?'),
    people: database.prepare(
      `SELECT id, name, email, (SELECT count(*) FROM account WHERE "userId" = "user".id) AS accounts
         FROM "user" ORDER BY name, email`,
    ),
    // Verified: an administrator vouches for the address, and the organisation's own sign-in may then be linked to it.
    addPerson: database.prepare(
      'INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt") VALUES (?, ?, ?, 1, ?, ?)',
    ),
    removePerson: database.prepare('DELETE FROM "user" WHERE id = ?'),
    dropGrants: database.prepare('DELETE FROM mission_role WHERE person = ?'),
    addGrant: database.prepare('INSERT OR IGNORE INTO mission_role (person, role, mission) VALUES (?, ?, ?)'),
    dropLinks: database.prepare('DELETE FROM entry_link WHERE person IS ?'),
    addLink: database.prepare('INSERT INTO entry_link (hash, person, expires_at) VALUES (?, ?, ?)'),
    link: database.prepare('SELECT person FROM entry_link WHERE hash = ? AND expires_at > ?'),
    useLink: database.prepare('DELETE FROM entry_link WHERE hash = ? AND expires_at > ?'),
  };
}
