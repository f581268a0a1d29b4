/** The way in: a password, the organisation's own sign-in, or in the demo one click. Works without script. */
import { fail, redirect, type RequestEvent } from '@sveltejs/kit';
import { keepCookies } from '#lib/server/auth/cookies.ts';
import { accessSystem, settings } from '#lib/server/context.ts';
import { askerOf, typedPassword, typedText } from '../asker.ts';
import { toGrantView } from '../grant-view.ts';
import { safePath } from '../safe-path.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) => {
  const { access, oidc } = settings();
  const { desks, people } = accessSystem();
  return {
    back: safePath(url.searchParams.get('back')),
    organisation: oidc?.name ?? null,
    organisationFailed: url.searchParams.has('error'),
    desks:
      access === 'open'
        ? desks.list().map(({ id, name }) => ({
            id,
            name,
            grants: people.grantsOf(id).map((grant) => toGrantView(grant)),
          }))
        : [],
  };
};

/** Into the page they came for, with the session's cookie. */
function enter(event: RequestEvent, response: Response, form: FormData): never {
  keepCookies(event.cookies, response.headers.getSetCookie());
  redirect(303, safePath(typedText(form, 'back')));
}

function tooOften(email: string, waitMs: number) {
  return fail(429, { reason: 'wait' as const, waitS: Math.ceil(waitMs / 1000), email });
}

export const actions: Actions = {
  password: async (event) => {
    const form = await event.request.formData();
    const email = typedText(form, 'email').toLowerCase();
    const { accounts, attempts } = accessSystem();
    const waitMs = attempts.waitMs(email, Date.now());
    if (waitMs > 0) return tooOften(email, waitMs);
    const response = await accounts.signIn(askerOf(event), { email, password: typedPassword(form) });
    if (response.status === 429)
      return tooOften(email, Number(response.headers.get('x-retry-after') ?? 60) * 1000);
    if (!response.ok) {
      attempts.failed(email, Date.now());
      const client = event.getClientAddress();
      console.warn(JSON.stringify({ level: 'warn', message: 'sign-in failed', client }));
      return fail(401, { reason: 'wrong' as const, waitS: 0, email });
    }
    attempts.succeeded(email);
    const answer = (await response.clone().json()) as { twoFactorRedirect?: boolean };
    if (answer.twoFactorRedirect !== true) enter(event, response, form);
    keepCookies(event.cookies, response.headers.getSetCookie());
    redirect(303, `/sign-in/code?back=${encodeURIComponent(safePath(typedText(form, 'back')))}`);
  },
  desk: async (event) => {
    const form = await event.request.formData();
    const response = await accessSystem().accounts.takeDesk(askerOf(event), typedText(form, 'person'));
    if (!response.ok) return fail(403, { reason: 'desk' as const, waitS: 0, email: '' });
    enter(event, response, form);
  },
};
