/**
 * Passwords, sessions and an organisation's own sign-in, by better-auth on `access.db`. The only file that knows the
 * library. Its own web addresses are not served: our forms ask it, and only the way back from an organisation's sign-in
 * reaches it from outside.
 */
import type { DatabaseSync } from 'node:sqlite';
import { betterAuth, type BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import { genericOAuth } from 'better-auth/plugins/generic-oauth';
import { twoFactor } from 'better-auth/plugins/two-factor';
import { z } from 'zod';
import type { OidcSettings } from '../combined-settings.ts';
import type { Person } from './access.ts';
import type { Asker } from './asker.ts';
import { createSecondStep, type SecondStep } from './second-step.ts';

export const PASSWORD_LENGTH = { least: 12, most: 128 } as const;
export const COOKIE_PREFIX = 'bluewatt';
const BASE_PATH = '/auth';
/** The provider's name within the library, and in the address it sends people back to. */
const ORGANISATION = 'organisation';
/** Set by us on requests that we make ourselves; what a browser sends under this name never gets here. */
const CLIENT_HEADER = 'x-bluewatt-client';
const DAY_S = 86_400;
const SESSION_S = 7 * DAY_S;
/** By address of the client. Guessing at one account from many addresses is slowed by `attempts.ts`. */
const SIGN_IN_LIMIT = { window: 60, max: 10 } as const;
/** Five codes a sign-in and ten an account are the limits that count; this one is of an address, which an office shares. */
const CODE_LIMIT = { window: 60, max: 30 } as const;
/** Nothing is guessed there, and a whole office may come from one address. */
const ORGANISATION_LIMIT = { window: 60, max: 60 } as const;

export interface AccountsOptions {
  readonly database: DatabaseSync;
  /** what people type, such as https://bluewatt.example */
  readonly origin: string;
  /** signs cookies */
  readonly secret: string;
  readonly oidc?: OidcSettings;
  /** whether `person` is a desk of the demo that anybody may take */
  readonly isDesk: (person: string) => boolean;
}

export interface Accounts {
  /** Who the cookie's session is of; `setCookie` when it was prolonged. */
  session(cookie: string): Promise<{ person: Person; setCookie: readonly string[] } | undefined>;
  /** `{ twoFactorRedirect: true }` and no session where a code is asked for as well: {@link secondStep} takes it. */
  signIn(asker: Asker, typed: { email: string; password: string }): Promise<Response>;
  readonly secondStep: SecondStep;
  takeDesk(asker: Asker, person: string): Promise<Response>;
  /** `{ url }` of the organisation's sign-in, and a cookie that must come back with it */
  startOrganisation(asker: Asker, back: string): Promise<Response>;
  /** The way back from there. */
  finishOrganisation(request: Request, client: string): Promise<Response>;
  signOut(asker: Asker): Promise<Response>;
  changePassword(asker: Asker, typed: { current: string; next: string }): Promise<Response>;
  /** Sets it whatever it was, and ends every session. */
  setPassword(person: string, password: string): Promise<void>;
}

function deskPlugin(isDesk: AccountsOptions['isDesk']): BetterAuthPlugin {
  return {
    id: 'desk',
    endpoints: {
      signInDesk: createAuthEndpoint(
        '/sign-in/desk',
        { method: 'POST', body: z.object({ person: z.string() }) },
        async (ctx) => {
          const { internalAdapter } = ctx.context;
          const user = isDesk(ctx.body.person)
            ? await internalAdapter.findUserById(ctx.body.person)
            : undefined;
          if (!user) throw new APIError('NOT_FOUND');
          const session = await internalAdapter.createSession(user.id);
          await setSessionCookie(ctx, { session, user });
          return ctx.json({});
        },
      ),
    },
  };
}

function organisationPlugin({ issuer, clientId, clientSecret, name }: OidcSettings) {
  return genericOAuth({
    config: [
      {
        providerId: ORGANISATION,
        name,
        clientId,
        clientSecret,
        discoveryUrl: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
        // An identity nobody signed is none.
        requireIdTokenVerification: true,
        pkce: true,
        scopes: ['openid', 'email', 'profile'],
      },
    ],
  });
}

function library({ database, origin, secret, oidc, isDesk }: AccountsOptions) {
  return betterAuth({
    database,
    secret,
    baseURL: origin,
    basePath: BASE_PATH,
    // Who belongs here is invited, or comes by the organisation's own sign-in.
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_LENGTH.least,
      maxPasswordLength: PASSWORD_LENGTH.most,
    },
    session: { expiresIn: SESSION_S, updateAge: DAY_S },
    rateLimit: {
      enabled: true,
      storage: 'memory',
      window: SIGN_IN_LIMIT.window,
      max: 100,
      customRules: {
        '/sign-in/email': SIGN_IN_LIMIT,
        '/change-password': SIGN_IN_LIMIT,
        '/two-factor/*': CODE_LIMIT,
        '/sign-in/social': ORGANISATION_LIMIT,
      },
    },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      useSecureCookies: origin.startsWith('https:'),
      ipAddress: { ipAddressHeaders: [CLIENT_HEADER] },
    },
    plugins: [
      deskPlugin(isDesk),
      twoFactor({ issuer: 'Bluewatt' }),
      ...(oidc === undefined ? [] : [organisationPlugin(oidc)]),
    ],
    telemetry: { enabled: false },
    // It would write addresses of people who mistyped; what matters is logged by us.
    logger: { disabled: true },
    onAPIError: { errorURL: `${origin}/sign-in` },
  });
}

async function setPassword(
  auth: ReturnType<typeof library>,
  person: string,
  password: string,
): Promise<void> {
  const { internalAdapter, password: hasher } = await auth.$context;
  const hash = await hasher.hash(password);
  const accounts = await internalAdapter.findAccounts(person);
  if (accounts.some(({ providerId }) => providerId === 'credential')) {
    await internalAdapter.updatePassword(person, hash);
  } else {
    await internalAdapter.linkAccount({
      userId: person,
      accountId: person,
      providerId: 'credential',
      password: hash,
    });
  }
  await internalAdapter.deleteUserSessions(person);
}

export function createAccounts(options: AccountsOptions): Accounts {
  const { origin, database } = options;
  const auth = library(options);

  function headersOf({ cookie, client }: Asker): Headers {
    const headers = new Headers({ origin, [CLIENT_HEADER]: client });
    if (cookie !== null) headers.set('cookie', cookie);
    return headers;
  }
  function post(asker: Asker, path: string, body: Record<string, unknown>): Promise<Response> {
    const headers = headersOf(asker);
    headers.set('content-type', 'application/json');
    const address = `${origin}${BASE_PATH}${path}`;
    return auth.handler(new Request(address, { method: 'POST', headers, body: JSON.stringify(body) }));
  }

  return {
    async session(cookie) {
      const { response, headers } = await auth.api.getSession({
        headers: new Headers({ cookie }),
        returnHeaders: true,
      });
      if (response === null) return undefined;
      const { id, name, email } = response.user;
      return { person: { id, name, email }, setCookie: headers.getSetCookie() };
    },
    secondStep: createSecondStep(database, post),
    signIn: (asker, typed) => post(asker, '/sign-in/email', typed),
    takeDesk: (asker, person) => post(asker, '/sign-in/desk', { person }),
    startOrganisation: (asker, back) =>
      post(asker, '/sign-in/social', {
        provider: ORGANISATION,
        callbackURL: back,
        errorCallbackURL: '/sign-in',
      }),
    finishOrganisation(request, client) {
      const { search } = new URL(request.url);
      const headers = headersOf({ cookie: request.headers.get('cookie'), client });
      return auth.handler(
        new Request(`${origin}${BASE_PATH}/callback/${ORGANISATION}${search}`, { headers }),
      );
    },
    signOut: (asker) => post(asker, '/sign-out', {}),
    changePassword: (asker, { current, next }) =>
      post(asker, '/change-password', {
        currentPassword: current,
        newPassword: next,
        revokeOtherSessions: true,
      }),
    setPassword: (person, password) => setPassword(auth, person, password),
  };
}
