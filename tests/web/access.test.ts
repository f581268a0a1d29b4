/** Who gets what over HTTP: every route for every role, and what attackers try. The dashboard is the real one. */
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RULES } from '#lib/server/auth/rules.ts';
import { askCredentials } from '#lib/server/broker/credential-store.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { YEAR } from './seed.ts';
import { emailOf, EVERYBODY, PASSWORD, startPeopledSite, type PeopledSite, type Who } from './people.ts';

const PERIOD = `from=${YEAR}-01-01&to=${YEAR}-12-31`;
/** An address of each route, in savanna where it is of a mission. */
const ADDRESSES: Readonly<Record<string, string>> = {
  '/': '/',
  '/account': '/account',
  '/audit': '/audit',
  '/audit/csv': '/audit/csv?author=ada',
  '/auth/callback/organisation': '/auth/callback/organisation',
  '/compare': '/compare',
  '/compare/csv': `/compare/csv?m=savanna&m=cedar&${PERIOD}`,
  '/health': '/health',
  '/lineage': `/lineage?mission=savanna&figure=renewableShare&${PERIOD}`,
  '/meters': '/meters',
  '/meters/[mission]/[camp]': '/meters/savanna/north-gate',
  '/meters/[mission]/[camp]/[meter]': '/meters/savanna/north-gate/pv-9',
  '/methodology': '/methodology',
  '/missions/[mission]': '/missions/savanna',
  '/missions/[mission]/[camp]': '/missions/savanna/river-house',
  '/missions/[mission]/[camp]/history': '/missions/savanna/river-house/history',
  '/missions/[mission]/changes.csv': `/missions/savanna/changes.csv?${PERIOD}`,
  '/missions/[mission]/duration.csv': `/missions/savanna/duration.csv?${PERIOD}`,
  '/missions/[mission]/energy.csv': `/missions/savanna/energy.csv?${PERIOD}`,
  '/onboarding': '/onboarding',
  '/onboarding/device': '/onboarding/device?shape=acme/%2B',
  '/people': '/people',
  '/preferences': '/preferences?theme=dark&back=/',
  '/refused': '/refused',
  '/registry': '/registry',
  '/registry/changes': '/registry/changes',
  '/registry/changes/[version]': '/registry/changes/1',
  '/registry/drafts/[draft]': '/registry/drafts/nothing',
  '/registry/factors': '/registry/factors',
  '/registry/file': '/registry/file',
  '/registry/file.yaml': '/registry/file.yaml',
  '/registry/meters.csv': '/registry/meters.csv',
  '/registry/missions/[mission]': '/registry/missions/savanna',
  '/registry/missions/[mission]/[camp]': '/registry/missions/savanna/river-house',
  '/registry/missions/[mission]/[camp]/credentials': '/registry/missions/savanna/river-house/credentials',
  '/registry/missions/[mission]/[camp]/[meter]': '/registry/missions/savanna/river-house/solar-1',
  '/registry/missions/[mission]/meters.csv': '/registry/missions/savanna/meters.csv',
  '/registry/pledges': '/registry/pledges',
  '/registry/sources': '/registry/sources',
  '/sign-in': '/sign-in',
  '/sign-in/[link]': '/sign-in/nothing',
  '/sign-in/code': '/sign-in/code',
  '/sign-in/organisation': '/sign-in/organisation',
  '/api/v1/fuel': `/api/v1/fuel?mission=savanna&camp=river-house&${PERIOD}`,
  '/api/v1/lineage': `/api/v1/lineage?mission=savanna&figure=renewableShare&${PERIOD}`,
  '/api/v1/live/[mission]/[camp]': '/api/v1/live/savanna/river-house',
  '/api/v1/meters': '/api/v1/meters',
  '/api/v1/missions': '/api/v1/missions',
  '/api/v1/missions/[mission]/camps': '/api/v1/missions/savanna/camps',
  '/api/v1/missions/[mission]/energy': `/api/v1/missions/savanna/energy?${PERIOD}&step=1mo`,
  '/api/v1/pledges': '/api/v1/pledges?mission=savanna',
  '/api/v1/readings': `/api/v1/readings?mission=savanna&camp=river-house&meter=solar-1&date=${YEAR}-11-24`,
  '/api/v1/units': '/api/v1/units',
};
/** Those that name savanna: for somebody of another mission they are not found. */
const OF_SAVANNA = Object.entries(ADDRESSES).filter(([, address]) => /savanna/.test(address));

let site: PeopledSite;
beforeAll(async () => {
  site = await startPeopledSite();
});
afterAll(() => site.stop());

interface Asked {
  readonly who?: Who;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly body?: string;
}

/** The head of the answer; a stream is let go at once. */
async function ask(address: string, { who, headers = {}, method = 'GET', body }: Asked = {}) {
  const answer = await fetch(site.url + address, {
    method,
    redirect: 'manual',
    headers: { ...(who && { cookie: site.cookies[who] }), ...headers },
    ...(body !== undefined && { body }),
  });
  const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const text = isStream ? '' : await answer.text();
  if (isStream) await answer.body?.cancel();
  return { status: answer.status, text, headers: answer.headers, location: answer.headers.get('location') };
}

const HTML = { accept: 'text/html' };
const form = (fields: Record<string, string>, origin = site.url): Omit<Asked, 'who'> => ({
  method: 'POST',
  body: new URLSearchParams(fields).toString(),
  headers: { ...HTML, origin, 'content-type': 'application/x-www-form-urlencoded' },
});

/** What nobody may have changed: the registry's version and all about people. */
function state() {
  const registry = openRegistryStore(site.dataDir);
  const { version } = registry.current();
  registry.close();
  const { people } = site.access;
  const credentials = askCredentials(site.dataDir, (store) => store.all());
  return JSON.stringify({ version, credentials, people: people.list(), events: people.events(1) });
}

/** The missions' answer without what falls with every second: the share of the time until now that was measured. */
const withoutCoverage = (text: string): unknown =>
  JSON.parse(text, (key, value: unknown) => (key === 'coverage' ? 'some' : value));

describe('every route', () => {
  it('has an address in these tests', () => {
    expect(Object.keys(ADDRESSES).sort()).toEqual(Object.keys(RULES).sort());
  });

  const PUBLIC = new Set(Object.keys(RULES).filter((route) => RULES[route]?.read === 'public'));

  it('is closed to whoever did not sign in: a page leads to the way in, a script is told', async () => {
    for (const [route, address] of Object.entries(ADDRESSES)) {
      const page = await ask(address, { headers: HTML });
      const script = await ask(address);
      if (PUBLIC.has(route)) {
        expect(page.location ?? '', route).not.toMatch(/^\/sign-in\?back/);
        expect(script.status, route).not.toBe(401);
        continue;
      }
      expect(script.status, route).toBe(401);
      expect(script.text, route).toContain('SIGN_IN_NEEDED');
      if (route.startsWith('/api/')) expect(page.status, route).toBe(401);
      else
        expect([page.status, page.location], route).toEqual([
          303,
          `/sign-in?back=${encodeURIComponent(address)}`,
        ]);
    }
  });

  it.each(['viewer', 'engineer', 'officer', 'hq', 'administrator'] as const)(
    'is open to a mission’s %s; people, devices of no mission, the record of changes and the whole registry to the administrator alone',
    async (who) => {
      const seesAll = who === 'hq' || who === 'administrator';
      for (const [route, address] of Object.entries(ADDRESSES).filter(([each]) => !PUBLIC.has(each))) {
        const { status } = await ask(address, { who, headers: HTML });
        const isForbidden =
          (/^\/(people|onboarding|audit)/.test(route) && who !== 'administrator') ||
          (route.startsWith('/registry') && !registers(who, route));
        if (isForbidden) expect(status, route).toBe(403);
        else if (route === '/compare/csv' && !seesAll) expect(status, route).toBe(400);
        else expect(status, route).toBe(route === '/registry/drafts/[draft]' ? 404 : 200);
      }
    },
  );

  /** Each opens the forms of what is theirs; what is of all missions is the administrator's, pledges headquarters' too. */
  function registers(who: Who, route: string): boolean {
    if (who === 'administrator') return true;
    if (who === 'viewer') return false;
    if (/^\/registry\/(pledges|factors)/.test(route)) return who === 'hq';
    if (/^\/registry\/(changes|file|meters|sources)/.test(route)) return false;
    if (/\[meter\]|meters\.csv|credentials/.test(route)) return who === 'engineer';
    return who !== 'hq' || !route.includes('[camp]');
  }

  it('of a mission is not found by somebody of another, exactly as if there were none', async () => {
    for (const [route, address] of OF_SAVANNA) {
      const { status, text } = await ask(address, { who: 'stranger', headers: HTML });
      const nowhere = await ask(address.replace('savanna', 'nowhere'), { who: 'stranger', headers: HTML });
      const mayNothing = route.startsWith('/registry') ? 403 : 404;
      expect(status, route).toBe(route === '/compare/csv' ? 400 : mayNothing);
      expect(nowhere.status, route).toBe(status);
      expect(text, route).not.toMatch(/River House|Savanna Mission/);
    }
  });

  it('tells somebody of one mission nothing of another', async () => {
    const lists = Object.entries(ADDRESSES).filter(([, address]) => !/savanna/.test(address));
    for (const [route, address] of lists) {
      const { text } = await ask(address, { who: 'stranger', headers: HTML });
      expect(text, route).not.toMatch(/savanna|river-house|highland/i);
    }
    const all = await ask('/api/v1/missions', { who: 'stranger' });
    expect(
      (JSON.parse(all.text) as { missions: { mission: string }[] }).missions.map(({ mission }) => mission),
    ).toEqual(['cedar']);
    for (const query of ['meters?mission=savanna', 'meters?mission=savanna&camp=river-house'])
      expect((await ask(`/api/v1/${query}`, { who: 'stranger' })).text).not.toMatch(/solar-1|River/);
  });

  it('refuses a person without any role, and lets them see their account', async () => {
    expect((await ask('/', { who: 'roleless', headers: HTML })).status).toBe(403);
    expect((await ask('/api/v1/missions', { who: 'roleless' })).status).toBe(403);
    expect((await ask('/account', { who: 'roleless', headers: HTML })).status).toBe(200);
  });

  it('takes no method that nobody ruled', async () => {
    for (const [route, address] of Object.entries(ADDRESSES))
      for (const method of ['PUT', 'DELETE', 'PATCH']) {
        if (RULES[route]?.change !== undefined) continue;
        const headers = { origin: site.url };
        expect((await ask(address, { who: 'administrator', method, headers })).status, route).toBe(403);
      }
  });
});

describe('a change', () => {
  const METER = '/meters/savanna/north-gate/pv-9';
  const fields = { campName: 'North gate', source: 'solar', ownership: 'un-owned', expectedIntervalS: '60' };

  it('by whoever may not make it changes nothing', async () => {
    const before = state();
    const may: readonly Who[] = ['engineer', 'administrator'];
    for (const who of EVERYBODY.filter((each) => !may.includes(each)))
      expect((await ask(METER, { who, ...form(fields) })).status, who).toBe(403);
    expect((await ask(METER, form(fields))).status).toBe(303);
    const credentials = '/registry/missions/savanna/river-house/credentials';
    for (const action of ['issue', 'revoke'])
      for (const who of EVERYBODY.filter((each) => !may.includes(each)))
        expect(
          (await ask(`${credentials}?/${action}`, { who, ...form({ reason: 'x', id: '1' }) })).status,
          who,
        ).toBe(403);
    const others = EVERYBODY.filter((each) => each !== 'administrator');
    for (const action of ['try', 'save'])
      for (const who of others)
        expect(
          (await ask(`/onboarding/device?/${action}`, { who, ...form({ yaml: 'x' }) })).status,
          who,
        ).toBe(403);
    for (const who of others)
      for (const action of ['give', 'take', 'invite', 'link', 'remove']) {
        const person = site.persons[who].id;
        const typed = { person, role: 'administrator', mission: '*', name: 'x', email: 'x@example.org' };
        expect((await ask(`/people?/${action}`, { who, ...form(typed) })).status, `${who} ${action}`).toBe(
          403,
        );
      }
    expect(state()).toBe(before);
  });

  it('sent by a page of another site is refused, whatever it says it is', async () => {
    const before = state();
    const evil = 'https://evil.example';
    const person = site.persons.viewer.id;
    const typed = { person, role: 'administrator', mission: '*' };
    const attempts: Omit<Asked, 'who'>[] = [
      form(typed, evil),
      form(typed, 'null'),
      {
        ...form(typed),
        headers: { ...form(typed).headers, origin: evil, 'content-type': 'application/json' },
      },
      {
        ...form(typed),
        headers: { ...form(typed).headers, 'sec-fetch-site': 'cross-site', 'content-type': 'text/plain' },
      },
    ];
    for (const attempt of attempts)
      expect((await ask('/people?/give', { who: 'administrator', ...attempt })).status).toBe(403);
    expect(state()).toBe(before);
  });

  it('by the mission’s engineer is made, and signed with their name', async () => {
    const { status, location } = await ask(METER, { who: 'engineer', ...form(fields) });
    expect([status, location]).toEqual([303, '/missions/savanna/north-gate?assigned=pv-9']);
    const database = new DatabaseSync(join(site.dataDir, 'app.db'), { readOnly: true });
    const newest = database.prepare('SELECT author FROM registry_version ORDER BY id DESC LIMIT 1').get();
    database.close();
    expect(newest?.['author']).toBe('The engineer <engineer@example.org>');
  });
});

describe('a session', () => {
  it('is not made by hand: a forged, shortened or unsigned one is nobody’s', async () => {
    const [name = '', value = ''] = site.cookies.administrator.split('=');
    const [token = '', signature = ''] = decodeURIComponent(value).split('.');
    const forged = [
      `${token}.${signature.slice(0, -3)}AA=`,
      token,
      `${token}.`,
      `${'A'.repeat(32)}.${signature}`,
      `' OR 1=1 --.${signature}`,
      '',
    ];
    for (const each of forged) {
      const cookie = `${name}=${encodeURIComponent(each)}`;
      expect((await ask('/api/v1/missions', { headers: { cookie } })).status, each).toBe(401);
    }
    expect((await ask('/api/v1/missions', { who: 'administrator' })).status).toBe(200);
  });

  it('is a cookie no script reads, sent to this site only', async () => {
    const typed = { email: emailOf('officer'), password: PASSWORD, back: '//evil.example/' };
    const { status, location, headers } = await ask('/sign-in?/password', form(typed));
    // Nor does the way back lead elsewhere.
    expect([status, location]).toEqual([303, '/']);
    const cookie = headers.getSetCookie().find((each) => each.includes('session_token')) ?? '';
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
  });

  it('ends with signing out, on the server and not only in the browser', async () => {
    const typed = { email: emailOf('officer'), password: PASSWORD, back: '/' };
    const entered = await ask('/sign-in?/password', form(typed));
    const cookie = entered.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    expect((await ask('/account', { headers: { ...HTML, cookie } })).status).toBe(200);
    const out = form({});
    expect((await ask('/account?/out', { ...out, headers: { ...out.headers, cookie } })).location).toBe(
      '/sign-in',
    );
    expect((await ask('/account', { headers: { ...HTML, cookie } })).status).toBe(303);
  });
});

describe('a link that lets somebody in', () => {
  it('is not used up by looking at it, sets a password once, and ends other sessions', async () => {
    const { people, accounts } = site.access;
    const who = {
      name: 'Nora',
      email: 'nora@example.org',
      grants: [{ role: 'viewer', mission: 'savanna' }],
    } as const;
    const link = `/sign-in/${people.makeLink(people.invite(who, 'test'), 'test')}`;
    for (let i = 0; i < 2; i += 1)
      expect((await ask(link, { headers: HTML })).text).toContain('nora@example.org');
    expect((await ask(link, form({ password: 'short' }))).status).toBe(422);
    const entered = await ask(link, form({ password: 'sun and diesel and wind' }));
    expect([entered.status, entered.location]).toEqual([303, '/']);
    expect((await ask(link, form({ password: 'somebody else later on' }))).status).toBe(410);
    const typed = { email: who.email, password: 'sun and diesel and wind' };
    expect((await accounts.signIn({ cookie: null, client: '10.1.0.1' }, typed)).ok).toBe(true);
    expect((await ask(link, { headers: HTML })).headers.get('referrer-policy')).toBe('strict-origin');
  });
});

describe('a token', () => {
  const make = (who: Who, missions?: string[]) =>
    site.access.tokens.make(site.persons[who].id, { name: 'test', missions, days: 1 }) ?? '';
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  it('reads what its person may, and nothing that it does not name', async () => {
    const token = make('hq', ['savanna']);
    const { text } = await ask('/api/v1/missions', { headers: bearer(token) });
    expect(
      (JSON.parse(text) as { missions: { mission: string }[] }).missions.map(({ mission }) => mission),
    ).toEqual(['savanna']);
    expect((await ask('/api/v1/missions/cedar/camps', { headers: bearer(token) })).status).toBe(404);
    const csv = ADDRESSES['/missions/[mission]/energy.csv'] ?? '';
    expect((await ask(csv, { headers: bearer(token) })).text).toContain('factor_set');
  });

  it('changes nothing, and does not open the pages about people', async () => {
    const headers = bearer(make('administrator'));
    expect((await ask('/people', { headers })).status).toBe(403);
    expect((await ask('/account', { headers })).status).toBe(403);
    const before = state();
    const change = form({ name: 'x' });
    const sent = { ...change, headers: { ...change.headers, ...headers } };
    expect((await ask('/people?/invite', sent)).status).toBe(403);
    expect(state()).toBe(before);
  });

  it('that is none is refused, and not taken for nobody', async () => {
    for (const token of ['bluewatt_x', 'x', `bluewatt_' OR '1'='1`, 'b'.repeat(5_000)]) {
      const { status, text } = await ask('/methodology', { headers: bearer(token) });
      expect([status, text.includes('TOKEN_INVALID')], token).toEqual([401, true]);
    }
  });

  it('that is revoked ends the stream it opened, and connecting again is refused', async () => {
    const token = make('viewer');
    const address = `${site.url}/api/v1/live/savanna/river-house`;
    const stream = await fetch(address, { headers: bearer(token) });
    const reader = stream.body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    const [listed] = site.access.tokens.ofPerson(site.persons.viewer.id);
    site.access.tokens.revoke(site.persons.viewer.id, listed?.id ?? '');
    for (let isDone = false; !isDone;) isDone = (await reader?.read())?.done ?? true;
    expect((await fetch(address, { headers: bearer(token) })).status).toBe(401);
  });
});

describe('a stream', () => {
  /** Resolves when the stream that `headers` opened ends, once `end` has been done. */
  async function endsAfter(headers: Record<string, string>, end: () => unknown): Promise<void> {
    const stream = await fetch(`${site.url}/api/v1/live/savanna/river-house`, { headers });
    const reader = stream.body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    await end();
    for (let isDone = false; !isDone;) isDone = (await reader?.read())?.done ?? true;
    expect((await ask('/api/v1/live/savanna/river-house', { headers })).status).toBe(401);
  }

  it('ends when its token expires', async () => {
    const token = site.access.tokens.make(site.persons.officer.id, {
      name: 'expiring',
      missions: undefined,
      days: 1,
    });
    const database = new DatabaseSync(join(site.dataDir, 'access.db'));
    await endsAfter({ authorization: `Bearer ${token ?? ''}` }, () => {
      database.prepare("UPDATE api_token SET expires_at = 1 WHERE name = 'expiring'").run();
    });
    database.close();
  });

  it('ends when its person signs out', async () => {
    const typed = { email: emailOf('viewer'), password: PASSWORD, back: '/' };
    const entered = await ask('/sign-in?/password', form(typed));
    const cookie = entered.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const out = form({});
    await endsAfter({ cookie }, () => ask('/account?/out', { ...out, headers: { ...out.headers, cookie } }));
  });

  it('ends when its person’s role is taken away', async () => {
    const { people } = site.access;
    const who = {
      name: 'Tom',
      email: 'tom@example.org',
      grants: [{ role: 'viewer', mission: 'savanna' }],
    } as const;
    const person = people.invite(who, 'test');
    const token = site.access.tokens.make(person.id, { name: 't', missions: undefined, days: 1 }) ?? '';
    const headers = { authorization: `Bearer ${token}` };
    const stream = await fetch(`${site.url}/api/v1/live/savanna/river-house`, { headers });
    const reader = stream.body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    people.setGrants(person.id, [{ role: 'viewer', mission: 'cedar' }], 'test');
    for (let isDone = false; !isDone;) isDone = (await reader?.read())?.done ?? true;
    expect((await ask('/api/v1/live/savanna/river-house', { headers })).status).toBe(404);
  });
});

describe('what attackers type', () => {
  const HOSTILE = [
    `savanna' OR '1'='1`,
    `savanna"; DROP SERIES FROM "reading"; --`,
    `savanna\\' OR 1=1 --`,
    '../../access.db',
    '..%2f..%2faccess.db',
    '%00',
    '<script>alert(1)</script>',
    '=cmd|calc',
    '${7*7}',
    'constructor',
    '__proto__',
  ];

  it('in a path or a query finds nothing and breaks nothing', async () => {
    const before = state();
    const was = await ask('/api/v1/missions', { who: 'administrator' });
    for (const text of HOSTILE) {
      const typed = encodeURIComponent(text);
      for (const address of [
        `/missions/${typed}`,
        `/missions/savanna/${typed}`,
        `/missions/${typed}/energy.csv`,
        `/meters/${typed}/${typed}/${typed}`,
        `/lineage?mission=${typed}&figure=renewableShare`,
        `/api/v1/missions/${typed}/energy?step=1mo`,
        `/api/v1/readings?mission=${typed}&camp=${typed}&meter=${typed}&date=${YEAR}-11-24`,
        `/api/v1/live/${typed}/river-house`,
        `/api/v1/meters?mission=${typed}`,
        `/api/v1/pledges?mission=${typed}`,
      ]) {
        const answer = await ask(address, { who: 'administrator', headers: HTML });
        // A filter by a name that nobody has finds nothing, and that is an answer.
        expect(answer.status === 200 ? JSON.parse(answer.text) : undefined, address).toEqual(
          answer.status === 200 ? { meters: [] } : undefined,
        );
        expect([200, 400, 404], address).toContain(answer.status);
        if (answer.headers.get('content-type')?.startsWith('text/html') === true)
          expect(answer.text, address).not.toContain('<script>alert(1)');
      }
    }
    const is = await ask('/api/v1/missions', { who: 'administrator' });
    expect(withoutCoverage(is.text)).toEqual(withoutCoverage(was.text));
    expect(state()).toBe(before);
  });

  it('as a name is shown as a name, never run', async () => {
    const name = `<img src=x onerror=alert(1)>"'`;
    const invited = { name, email: 'odd@example.org', role: 'viewer', mission: 'savanna' };
    expect((await ask('/people?/invite', { who: 'administrator', ...form(invited) })).status).toBe(200);
    const { text, headers } = await ask('/people', { who: 'administrator', headers: HTML });
    expect(text).toContain('&lt;img src=x onerror=alert(1)>');
    expect(text).not.toContain('<img');
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    const wrong = await ask(
      '/sign-in?/password',
      form({ email: '"><script>alert(1)</script>', password: 'x' }),
    );
    expect(wrong.text).not.toContain('<script>alert');
  });

  it('as a path leads to no file', async () => {
    for (const path of [
      '/../../access.db',
      '/..%2f..%2faccess.db',
      '/_app/../../data/access.db',
      '//etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
    ]) {
      // By hand: fetch would mend the path before it sends it.
      const [status, text] = await new Promise<[number, string]>((resolve, reject) => {
        const asked = request({ port: new URL(site.url).port, host: '127.0.0.1', path }, (answer) => {
          let body = '';
          answer.on('data', (part: Buffer) => (body += part.toString('latin1')));
          answer.on('end', () => {
            resolve([answer.statusCode ?? 0, body]);
          });
        });
        asked.on('error', reject).end();
      });
      expect(status, path).toBeGreaterThanOrEqual(300);
      expect(text, path).not.toMatch(/SQLite format|root:/);
    }
  });

  it('as the name of a file that is brought in, or of an export, leads to no file', async () => {
    const filesOf = () => readdirSync(dirname(site.dataDir), { recursive: true }).map(String).sort();
    const before = filesOf().filter((file) => !/-(wal|shm)$/.test(file));
    const upload = new FormData();
    upload.set('version', '1');
    upload.set('yaml', new File(['missions: {}'], '../../../evil.yaml'));
    const answer = await fetch(`${site.url}/registry/file?/yaml`, {
      method: 'POST',
      redirect: 'manual',
      headers: { ...HTML, origin: site.url, cookie: site.cookies.administrator },
      body: upload,
    });
    // A draft, whose address the site made up itself.
    expect(answer.headers.get('location')).toMatch(/^\/registry\/drafts\/[0-9a-f]{24}$/);
    for (const exported of [
      'missions/..%2f..%2fetc/energy.csv',
      'registry/missions/..%2f..%2fetc/meters.csv',
    ])
      expect((await ask(`/${exported}`, { who: 'administrator' })).status, exported).toBe(404);
    expect(filesOf().filter((file) => !/-(wal|shm)$/.test(file))).toEqual(before);
  });

  it('by the megabyte is refused, and a half-sent request keeps nobody waiting', async () => {
    const huge = form({ email: 'a@b.org', password: 'x'.repeat(2_000_000) });
    expect((await ask('/sign-in?/password', huge)).status).toBe(413);
    const { port } = new URL(site.url);
    const idle = Array.from({ length: 50 }, () => connect(Number(port), '127.0.0.1'));
    for (const socket of idle)
      socket
        .on('error', () => undefined)
        .write('POST /sign-in?/password HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nemail=');
    expect((await ask('/health')).status).toBe(200);
    for (const socket of idle) socket.destroy();
    expect((await ask('/health')).status).toBe(200);
  });
});

// Last: afterwards this address has to wait.
describe('guessing passwords', () => {
  it('is slowed by account and by address, whatever a client says its address is; the right one must wait too', async () => {
    const guess = (i: number, password: string) => {
      const sent = form({ email: emailOf('hq'), password, back: '/' });
      const pretended = {
        'x-forwarded-for': `9.9.9.${String(i)}`,
        'x-bluewatt-client': `9.9.9.${String(i)}`,
      };
      return ask('/sign-in?/password', { ...sent, headers: { ...sent.headers, ...pretended } });
    };
    const statuses: number[] = [];
    for (let i = 0; i < 12; i += 1) statuses.push((await guess(i, `guess number ${String(i)}`)).status);
    expect(statuses.slice(0, 4)).toEqual([401, 401, 401, 401]);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(4);
    const right = await guess(99, PASSWORD);
    expect(right.status).toBe(429);
    expect(right.headers.getSetCookie().join()).not.toContain('session_token');
    // Whoever is in stays in.
    expect((await ask('/account', { who: 'hq', headers: HTML })).status).toBe(200);
  });
});
