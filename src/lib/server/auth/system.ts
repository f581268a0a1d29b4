/** All of access together, opened once by `context.ts`: people, tokens, accounts, and who a request is of. */
import { isLoopback } from '../combined-settings.ts';
import type { Settings } from '../settings.ts';
import type { Row } from '../database.ts';
import { ANONYMOUS, OPEN, personAccess, tokenAccess, type Access } from './access.ts';
import { COOKIE_PREFIX, createAccounts, type Accounts } from './accounts.ts';
import { createAttempts, type Attempts } from './attempts.ts';
import { openAccessDatabase } from './database.ts';
import { createDemoDesks, type DemoDesks } from './demo-desks.ts';
import { createPeopleStore, type PeopleStore } from './people-store.ts';
import { newSecret } from './secrets.ts';
import { createTokenStore, type TokenStore } from './token-store.ts';

export interface AccessSystem {
  readonly people: PeopleStore;
  readonly tokens: TokenStore;
  readonly accounts: Accounts;
  readonly attempts: Attempts;
  readonly desks: DemoDesks;
  /**
   * Who sends these headers; undefined when a token came with them that is none (any more), which is never taken for
   * nobody. `setCookie` where the session was prolonged.
   */
  identify(headers: Headers): Promise<{ access: Access; setCookie: readonly string[] } | undefined>;
}

const SESSION_COOKIE = new RegExp(`(?:^|;\\s*)(?:__Secure-)?${COOKIE_PREFIX}\\.session_token=`);
const BEARER = /^Bearer\s+(.*)$/i;

/** A proxy's own password comes by the same header; it is not for us. */
function bearerOf(headers: Headers): string | undefined {
  return BEARER.exec(headers.get('authorization') ?? '')?.[1];
}

/** Whether anything in the headers says who sends them: where nothing does, nothing needs to be opened. */
export function namesSomebody(headers: Headers): boolean {
  return bearerOf(headers) !== undefined || SESSION_COOKIE.test(headers.get('cookie') ?? '');
}

/** What nobody in particular may do here. */
export function nobodysAccess({ access }: Pick<Settings, 'access'>): Access {
  return access === 'open' ? OPEN : ANONYMOUS;
}

/** The address people type. */
export function originOf({ web }: Pick<Settings, 'web'>): string {
  return web.origin === undefined ? `http://${web.host}:${String(web.port)}` : new URL(web.origin).origin;
}

/** Why what is typed here could be read on the way; undefined when it could not. */
export function plainTextWarning(settings: Settings): string | undefined {
  const { host, origin } = settings.web;
  if (isLoopback(host) || origin?.startsWith('https:') === true) return undefined;
  return `The dashboard listens on ${host} without TLS: passwords and sessions can be read on the way. Put a proxy with TLS before it and name its https address in ORIGIN, or set HOST=127.0.0.1.`;
}

export function openAccessSystem(settings: Settings): AccessSystem {
  const database = openAccessDatabase(settings.dataDir);
  const people = createPeopleStore(database);
  const tokens = createTokenStore(database);
  const desks = createDemoDesks(database);
  const isOpen = settings.access === 'open';
  // Desks of a demo get nobody in where people must sign in, whatever is left of one in the folder.
  const isAdmitted = (person: string) => isOpen || !desks.has(person);

  database
    .prepare('INSERT OR IGNORE INTO installation (key, value) VALUES (?, ?)')
    .run('cookie-secret', newSecret());
  const row = database.prepare('SELECT value FROM installation WHERE key = ?').get('cookie-secret') as Row;
  const accounts = createAccounts({
    database,
    origin: originOf(settings),
    secret: String(row['value']),
    ...(settings.oidc && { oidc: settings.oidc }),
    isDesk: (person) => isOpen && desks.has(person),
  });

  function tokenHolder(secret: string): Access | undefined {
    const token = tokens.check(secret);
    const person = token && people.find(token.person);
    if (token === undefined || person === undefined || !isAdmitted(person.id)) return undefined;
    return tokenAccess(personAccess(person, people.grantsOf(person.id)), token.missions);
  }

  return {
    people,
    tokens,
    accounts,
    desks,
    attempts: createAttempts(),
    async identify(headers) {
      const bearer = bearerOf(headers);
      if (bearer !== undefined) {
        const access = tokenHolder(bearer);
        return access && { access, setCookie: [] };
      }
      const session = await accounts.session(headers.get('cookie') ?? '');
      if (session === undefined || !isAdmitted(session.person.id))
        return { access: nobodysAccess(settings), setCookie: [] };
      const { person, setCookie } = session;
      return { access: personAccess(person, people.grantsOf(person.id)), setCookie };
    },
  };
}
