/**
 * The demo's three desks: persons whom anybody may be by one click, where access is open anyway, to see what such a desk
 * sees. Where people must sign in they get nobody in.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Row } from '../database.ts';
import type { Person } from './access.ts';
import { openAccessDatabase } from './database.ts';
import { createPeopleStore } from './people-store.ts';
import { ALL_MISSIONS, type Grant } from '../../access/roles.ts';

interface Desk {
  readonly name: string;
  readonly grants: readonly Grant[];
}

/** @param mission the one that the engineer and the officer of the demo belong to */
function desksOf(mission: string): readonly Desk[] {
  return [
    { name: 'Hannah Quist', grants: [{ role: 'hq', mission: ALL_MISSIONS }] },
    { name: 'Omar Diallo', grants: [{ role: 'officer', mission }] },
    { name: 'Elena Marin', grants: [{ role: 'engineer', mission }] },
  ];
}

/** Adds the desks to the demo's data folder; those that are there stay. */
export function addDemoDesks(dataDir: string, mission: string): void {
  const database = openAccessDatabase(dataDir);
  const people = createPeopleStore(database);
  const mark = database.prepare('INSERT OR IGNORE INTO demo_desk (person, place) VALUES (?, ?)');
  desksOf(mission).forEach(({ name, grants }, place) => {
    const email = `${name.toLowerCase().replace(' ', '.')}@demo.invalid`;
    mark.run(people.invite({ name, email, grants }, 'demo').id, place);
  });
  database.close();
}

export interface DemoDesks {
  list(): readonly Person[];
  has(person: string): boolean;
}

export function createDemoDesks(database: DatabaseSync): DemoDesks {
  const all = database.prepare(
    'SELECT id, name, email FROM demo_desk JOIN "user" ON id = person ORDER BY place',
  );
  const one = database.prepare('SELECT 1 FROM demo_desk WHERE person = ?');
  return {
    list: () =>
      (all.all() as Row[]).map((row) => ({
        id: String(row['id']),
        name: String(row['name']),
        email: String(row['email']),
      })),
    has: (person) => one.get(person) !== undefined,
  };
}
