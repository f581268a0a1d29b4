/** A site where people sign in, with one person of each role, each with a session of their own. */
import { openAccessSystem } from '#lib/server/auth/system.ts';
import { ALL_MISSIONS, type Grant } from '#lib/access/roles.ts';
import { readSettings } from '#lib/server/settings.ts';
import type { AccessSystem } from '#lib/server/auth/system.ts';
import type { Person } from '#lib/server/auth/access.ts';
import { seed } from './seed.ts';
import { startSite, type Site } from './site.ts';

export const PASSWORD = 'five gensets under one roof';

/** The mission that everybody belongs to but the stranger and those of all missions. */
const HOME = 'savanna';
const GRANTS = {
  viewer: [{ role: 'viewer', mission: HOME }],
  engineer: [{ role: 'engineer', mission: HOME }],
  officer: [{ role: 'officer', mission: HOME }],
  hq: [{ role: 'hq', mission: ALL_MISSIONS }],
  administrator: [{ role: 'administrator', mission: ALL_MISSIONS }],
  /** an engineer of another mission */
  stranger: [{ role: 'engineer', mission: 'cedar' }],
  roleless: [],
} as const satisfies Record<string, readonly Grant[]>;
export type Who = keyof typeof GRANTS;
export const EVERYBODY = Object.keys(GRANTS) as Who[];

export const emailOf = (who: Who): string => `${who}@example.org`;

export interface PeopledSite extends Site {
  /** what a browser of theirs sends */
  readonly cookies: Readonly<Record<Who, string>>;
  readonly persons: Readonly<Record<Who, Person>>;
  readonly dataDir: string;
  /** the same file, opened from here */
  readonly access: AccessSystem;
}

export async function startPeopledSite(
  settings: Readonly<Record<string, string | number>> = {},
): Promise<PeopledSite> {
  let dataDir = '';
  let access: AccessSystem | undefined;
  const cookies = new Map<Who, string>();
  const persons = new Map<Who, Person>();
  const site = await startSite(
    async (folder) => {
      dataDir = folder;
      await seed(folder, Date.now());
      const read = readSettings({ DATA_DIR: folder, ACCESS: 'accounts' });
      if (!read.ok) throw new Error('the settings are not valid');
      access = openAccessSystem(read.settings);
      for (const who of EVERYBODY) {
        const person = access.people.invite(
          { name: `The ${who}`, email: emailOf(who), grants: GRANTS[who] },
          'test',
        );
        await access.accounts.setPassword(person.id, PASSWORD);
        const typed = { email: emailOf(who), password: PASSWORD };
        // Each from an address of their own, so that signing in is not slowed.
        const entered = await access.accounts.signIn(
          { cookie: null, client: `10.0.0.${String(persons.size)}` },
          typed,
        );
        cookies.set(who, entered.headers.getSetCookie()[0]?.split(';')[0] ?? '');
        persons.set(who, person);
      }
    },
    { settings: { ACCESS: 'accounts', ...settings } },
  );
  if (access === undefined) throw new Error('the data folder was not filled');
  return Object.defineProperties(
    {
      cookies: Object.fromEntries(cookies) as Record<Who, string>,
      persons: Object.fromEntries(persons) as Record<Who, Person>,
      dataDir,
      access,
    },
    Object.getOwnPropertyDescriptors(site),
  ) as PeopledSite;
}
