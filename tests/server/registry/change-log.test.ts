/** The record of changes: all that people changed in one list, and what became of what. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditedThing } from '#lib/registry/audited.ts';
import { ACCESS_FILE, openAccessDatabase } from '#lib/server/auth/database.ts';
import { createPeopleStore } from '#lib/server/auth/people-store.ts';
import { openCredentialStore } from '#lib/server/broker/credential-store.ts';
import { changeDetails } from '#lib/server/registry/change-details.ts';
import { openChangeLog, type ChangeFilter, type ChangeLog } from '#lib/server/registry/change-log.ts';
import { openFuelRecordStore } from '#lib/server/registry/fuel-record-store.ts';
import { openNoteStore } from '#lib/server/registry/note-store.ts';
import { recordProfile } from '#lib/server/registry/profile-record.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { seedRegistry } from '../../web/seed.ts';

const T0 = Date.UTC(2026, 10, 1);
const MINUTE_MS = 60_000;
const at = (minute: number): number => T0 + minute * MINUTE_MS;
const signed = (author: string, minute: number) => ({
  author,
  reason: `reason ${String(minute)}`,
  madeAt: at(minute),
});

let folder: string;
let log: ChangeLog | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bluewatt-changes-'));
});
afterEach(() => {
  log?.close();
  log = undefined;
  rmSync(folder, { recursive: true, force: true });
});

function opened(): ChangeLog {
  log?.close();
  return (log = openChangeLog(folder, ACCESS_FILE));
}
const all = (filter: ChangeFilter = {}) => opened().list(filter, { limit: 100, offset: 0 });
const told = (filter: ChangeFilter = {}) =>
  all(filter).map(({ thing, action, author }) => `${thing} ${action} by ${author}`);

/** One of each kind, a minute apart. */
function fill(): void {
  const registry = openRegistryStore(folder);
  const seeded = seedRegistry();
  registry.save(seeded, { author: 'Ada', reason: 'first', savedAt: at(0) });
  registry.change((before) => ({ ...before, pledges: before.pledges.slice(1) }), {
    author: 'Bo',
    reason: 'a pledge less',
    savedAt: at(1),
  });
  registry.close();
  const notes = openNoteStore(folder);
  const note = { mission: 'savanna', camp: null, date: '2026-10-01', text: 'genset moved' };
  const [first] = notes.add([note], signed('Ada', 2));
  const [second] = notes.add(
    [{ ...note, text: 'genset swapped', supersedes: first?.id ?? 0 }],
    signed('Ada', 3),
  );
  notes.withdraw(second?.id ?? 0, signed('Bo', 4));
  notes.close();
  const fuel = openFuelRecordStore(folder);
  const delivery = { kind: 'delivery', mission: 'savanna', camp: 'river-house', date: '2026-10-02' } as const;
  fuel.add([{ ...delivery, volumeMl: 1_500_500, reference: 'DN-1' }], signed('Cy', 5));
  fuel.close();
  recordProfile(folder, { name: 'acme', yaml: 'name: acme\n' }, signed('Cy', 6));
}

describe('the record of changes', () => {
  it('is empty in a fresh installation', () => {
    expect(told()).toEqual([]);
    expect(opened().count({})).toBe(0);
  });

  it('tells every change once, newest first, with who made it', () => {
    fill();
    expect(told()).toEqual([
      'profile saved by Cy',
      'fuel made by Cy',
      'note withdrawn by Bo',
      'note superseded by Ada',
      'note made by Ada',
      'registry saved by Bo',
      'registry saved by Ada',
    ]);
    expect(opened().count({})).toBe(7);
  });

  it('tells of people and tokens too, once somebody can sign in', () => {
    fill();
    const database = openAccessDatabase(folder);
    const people = createPeopleStore(database);
    const person = people.invite(
      { name: 'Dee', email: 'dee@example.org', grants: [{ role: 'hq', mission: '*' }] },
      'ada@example.org',
    );
    people.note({
      actor: 'dee@example.org',
      action: 'token-made',
      subject: 'grafana',
      before: null,
      after: '*, 30 d',
    });
    people.remove(person.id, 'ada@example.org');
    database.close();
    const changes = all({ thing: 'person' });
    expect(changes.map(({ action }) => action)).toEqual(['removed', 'invited']);
    expect(told({ thing: 'token' })).toEqual(['token token-made by dee@example.org']);
    const [removed] = changes;
    expect(removed && changeDetails(opened().database, removed).values).toEqual([
      { path: 'dee@example.org', before: 'hq', after: null },
    ]);
  });

  it('tells who issued and who revoked a credential of the broker, and nothing of its password', () => {
    const store = openCredentialStore(folder);
    const camp = { mission: 'savanna', camp: 'river-house' };
    const { credential, password } = store.issue(camp, signed('Ada', 1));
    store.revoke(camp, credential.id, signed('Bo', 2));
    store.close();
    expect(told({ thing: 'credential' })).toEqual(['credential withdrawn by Bo', 'credential made by Ada']);
    const details = all({ thing: 'credential' }).map(
      (change) => changeDetails(opened().database, change).values,
    );
    expect(details[1]).toEqual([
      { path: 'username', before: null, after: 'savanna.river-house.1' },
      { path: 'mission', before: null, after: 'savanna' },
      { path: 'camp', before: null, after: 'river-house' },
    ]);
    expect(details[0]?.[0]).toEqual({ path: 'username', before: 'savanna.river-house.1', after: null });
    const everything = JSON.stringify([details, all()]);
    expect(everything).not.toContain(password);
    expect(everything).not.toContain(credential.passwordHash);
  });

  it('is filtered by author in any case, by thing and by time, and counts what it lists', () => {
    fill();
    const filters: [ChangeFilter, number][] = [
      [{ author: 'ADA' }, 3],
      [{ author: "' OR 1=1 --" }, 0],
      [{ author: '%' }, 0],
      [{ thing: 'note' }, 3],
      [{ from: at(2), to: at(5) }, 3],
      [{ from: at(5), author: 'cy', thing: 'fuel' }, 1],
    ];
    for (const [filter, expected] of filters) {
      expect(all(filter), JSON.stringify(filter)).toHaveLength(expected);
      expect(opened().count(filter), JSON.stringify(filter)).toBe(expected);
    }
    expect(
      opened()
        .list({}, { limit: 2, offset: 2 })
        .map(({ thing }) => thing),
    ).toEqual(['note', 'note']);
  });

  it('says what became of what', () => {
    fill();
    const values = (thing: AuditedThing, action: string) => {
      const change = all({ thing }).find((each) => each.action === action);
      if (change === undefined) throw new Error(`there is no ${thing} ${action}`);
      return changeDetails(opened().database, change).values;
    };
    expect(values('note', 'superseded')).toEqual([
      { path: 'text', before: 'genset moved', after: 'genset swapped' },
    ]);
    expect(values('note', 'withdrawn')).toContainEqual({
      path: 'text',
      before: 'genset swapped',
      after: null,
    });
    expect(values('fuel', 'made')).toContainEqual({ path: 'litres', before: null, after: '1500.5' });
    expect(values('profile', 'saved')).toEqual([{ path: 'acme', before: null, after: 'name: acme\n' }]);
    const [change] = all({ thing: 'registry' });
    const registry = change && changeDetails(opened().database, change);
    expect(registry?.values).toHaveLength(1);
    expect(registry?.values[0]?.path).toMatch(/^pledges › /);
    expect(registry?.values[0]?.before).toMatch(/^country: ES; unit: SPABATT; mission: cedar; source: solar/);
    expect(registry?.values[0]?.after).toBeNull();
  });

  it('bounds what an import of everything tells, and counts the rest', () => {
    const registry = openRegistryStore(folder);
    const seeded = seedRegistry();
    registry.save(seeded, { author: 'Ada', reason: 'first', savedAt: at(0) });
    const savanna = seeded.missions['savanna'];
    if (savanna === undefined) throw new Error('the seed has no savanna');
    const targets = Array.from({ length: 60 }, (_, i) => ({ year: 2030 + i, renewableShare: 0.5 }));
    const missions = { ...seeded.missions, savanna: { ...savanna, targets } };
    registry.save({ ...seeded, missions }, { author: 'Ada', reason: 'all years', savedAt: at(1) });
    registry.close();
    const [change] = all();
    const details = change && changeDetails(opened().database, change);
    expect((details?.values.length ?? 0) + (details?.more ?? 0)).toBeGreaterThanOrEqual(60);
    expect(details?.values).toHaveLength(40);
  });

  it('can be added to and never changed, not even by ourselves', () => {
    fill();
    expect(() => opened().database.exec('DELETE FROM note')).toThrow(/readonly/);
    const database = new DatabaseSync(join(folder, 'app.db'));
    for (const table of ['registry_version', 'profile_save', 'note', 'note_withdrawal', 'fuel_record']) {
      expect(() => database.exec(`DELETE FROM ${table}`), table).toThrow(/never/);
      expect(() => database.exec(`UPDATE ${table} SET author = 'Eve'`), table).toThrow(/never/);
    }
    database.close();
  });
});
