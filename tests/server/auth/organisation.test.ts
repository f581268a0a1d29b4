/** An organisation's own sign-in, against a real OpenID Connect provider that runs in this process. */
import { createServer, type Server } from 'node:http';
import { rm } from 'node:fs/promises';
import Provider from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openAccessSystem, type AccessSystem } from '#lib/server/auth/system.ts';
import { readSettings } from '#lib/server/settings.ts';
import { freePort } from '../../support/free-port.ts';
import { temporaryFolder } from '../../support/server-process.ts';

const ORIGIN = 'http://127.0.0.1:3999';
const CALLBACK = `${ORIGIN}/auth/callback/organisation`;
const CLIENT = { OIDC_CLIENT_ID: 'bluewatt', OIDC_CLIENT_SECRET: 'of-the-test' };

const CLIENT_ADDRESS = '10.0.0.1';

let issuer: string;
let server: Server;
let folder: string;
let access: AccessSystem;

/** Whoever's name ends in `unsure` has an e-mail address that the provider does not vouch for. */
function claimsOf(sub: string) {
  const [name = ''] = sub.split('-');
  return { sub, name, email: `${name}@example.org`, email_verified: !sub.endsWith('unsure') };
}

beforeAll(async () => {
  const port = await freePort();
  issuer = `http://127.0.0.1:${String(port)}`;
  // It warns of everything that only a test may do.
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  vi.spyOn(console, 'info').mockImplementation(() => undefined);
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.OIDC_CLIENT_ID,
        client_secret: CLIENT.OIDC_CLIENT_SECRET,
        redirect_uris: [CALLBACK],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    pkce: { required: () => true },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => claimsOf(sub) }),
  });
  server = createServer(provider.callback());
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  folder = await temporaryFolder('organisation');
  const read = readSettings({ DATA_DIR: folder, ACCESS: 'accounts', ORIGIN, OIDC_ISSUER: issuer, ...CLIENT });
  if (!read.ok) throw new Error('the settings are not valid');
  access = openAccessSystem(read.settings);
});
afterAll(async () => {
  vi.restoreAllMocks();
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const cookiesOf = (response: Response): string[] =>
  response.headers.getSetCookie().map((each) => each.split(';')[0] ?? '');

/** What a browser does at the provider, as `sub`, until it is sent back. */
async function visit(start: string, sub: string): Promise<string> {
  const jar = new Map<string, string>();
  let [address, body]: [string, URLSearchParams | undefined] = [start, undefined];
  for (let step = 0; step < 12; step += 1) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer: Response = await fetch(address, {
      redirect: 'manual',
      headers: { cookie },
      ...(body && { method: 'POST', body }),
    });
    for (const pair of cookiesOf(answer)) {
      const at = pair.indexOf('=');
      jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const location = answer.headers.get('location');
    const page = await answer.text();
    if (location === null) {
      const [, action = ''] = /action="([^"]+)"/.exec(page) ?? [];
      const [, prompt = ''] = /name="prompt" value="([^"]+)"/.exec(page) ?? [];
      [address, body] = [
        new URL(action, address).href,
        new URLSearchParams({ prompt, login: sub, password: 'x' }),
      ];
    } else {
      [address, body] = [new URL(location, address).href, undefined];
      if (address.startsWith(ORIGIN)) return address;
    }
  }
  throw new Error(`The provider did not send anybody back: ${address}`);
}

async function begin(): Promise<{ url: string; cookie: string }> {
  const started = await access.accounts.startOrganisation(
    { cookie: null, client: CLIENT_ADDRESS },
    '/missions/savanna',
  );
  const { url } = (await started.json()) as { url: string };
  return { url, cookie: cookiesOf(started).join('; ') };
}

const finish = (back: string, cookie: string): Promise<Response> =>
  access.accounts.finishOrganisation(new Request(back, { headers: { cookie } }), CLIENT_ADDRESS);

async function whoIs(response: Response) {
  const headers = new Headers({ cookie: cookiesOf(response).join('; ') });
  return (await access.identify(headers))?.access;
}

describe('an organisation’s own sign-in', () => {
  it('asks for a code with a challenge, and comes back to one address', async () => {
    const { searchParams, origin } = new URL((await begin()).url);
    expect(origin).toBe(issuer);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'bluewatt',
      redirect_uri: CALLBACK,
      code_challenge_method: 'S256',
    });
    expect(searchParams.get('scope')?.split(' ').sort()).toEqual(['email', 'openid', 'profile']);
  });

  it('lets in who was invited under the same verified address, with their roles, to the page they came for', async () => {
    const grants = [{ role: 'engineer', mission: 'savanna' }] as const;
    const ada = access.people.invite({ name: 'Ada', email: 'ada@example.org', grants }, 'test');
    const { url, cookie } = await begin();
    const entered = await finish(await visit(url, 'ada'), cookie);
    expect([entered.status, entered.headers.get('location')]).toEqual([302, '/missions/savanna']);
    const is = await whoIs(entered);
    expect(is?.person?.id).toBe(ada.id);
    expect(is?.may('register', 'savanna')).toBe(true);
    expect(is?.may('read', 'cedar')).toBe(false);
  });

  it('lets nobody in as somebody else by an address that the provider does not vouch for', async () => {
    const grants = [{ role: 'administrator', mission: '*' }] as const;
    const eve = access.people.invite({ name: 'Eve', email: 'eve@example.org', grants }, 'test');
    const { url, cookie } = await begin();
    const refused = await finish(await visit(url, 'eve-unsure'), cookie);
    expect(refused.headers.get('location')).toMatch(/\/sign-in\?error=/);
    expect((await whoIs(refused))?.person).toBeUndefined();
    expect(access.people.list().find(({ id }) => id === eve.id)?.hasEntered).toBe(false);
  });

  it('gives a person whom nobody invited no role', async () => {
    const { url, cookie } = await begin();
    const is = await whoIs(await finish(await visit(url, 'newcomer'), cookie));
    expect(is?.person?.email).toBe('newcomer@example.org');
    expect(is?.mayAnywhere('read')).toBe(false);
  });

  it('refuses an answer that another browser began, one used before, and a code of nobody’s', async () => {
    const [mine, other] = [await begin(), await begin()];
    const back = await visit(mine.url, 'ada');
    for (const cookie of ['', other.cookie]) {
      const answer = await finish(back, cookie);
      expect((await whoIs(answer))?.person).toBeUndefined();
    }
    const again = await begin();
    const used = await visit(again.url, 'ada');
    expect((await whoIs(await finish(used, again.cookie)))?.person?.email).toBe('ada@example.org');
    expect((await whoIs(await finish(used, again.cookie)))?.person).toBeUndefined();
    const forged = await begin();
    const address = new URL(await visit(forged.url, 'ada'));
    address.searchParams.set('code', 'invented');
    expect((await whoIs(await finish(address.href, forged.cookie)))?.person).toBeUndefined();
  });
});
