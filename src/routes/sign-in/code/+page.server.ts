/** The second step of signing in: a code of the authenticator app, or one of those kept for its loss. Works without script. */
import { fail, redirect } from '@sveltejs/kit';
import { keepCookies } from '#lib/server/auth/cookies.ts';
import { accessSystem } from '#lib/server/context.ts';
import { askerOf, typedText } from '../../asker.ts';
import { safePath } from '../../safe-path.ts';
import type { Actions, PageServerLoad } from './$types';

/** How long the library keeps an account whose codes were guessed at. */
const LOCKED_S = 900;

export const load: PageServerLoad = ({ url }) => ({ back: safePath(url.searchParams.get('back')) });

export const actions: Actions = {
  default: async (event) => {
    const form = await event.request.formData();
    const back = safePath(typedText(form, 'back'));
    const response = await accessSystem().accounts.secondStep.take(askerOf(event), typedText(form, 'code'));
    if (response.ok) {
      keepCookies(event.cookies, response.headers.getSetCookie());
      redirect(303, back);
    }
    const client = event.getClientAddress();
    console.warn(JSON.stringify({ level: 'warn', message: 'second step failed', client }));
    const { code } = (await response.json().catch(() => ({}))) as { code?: string };
    // What the password opened is closed again: too many codes, too late, or never begun.
    const isOver = code === 'INVALID_TWO_FACTOR_COOKIE' || code === 'TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE';
    const told = response.headers.get('x-retry-after');
    const waitS = told === null ? LOCKED_S : Number(told);
    if (response.status === 429) return fail(429, { reason: 'wait' as const, waitS, back });
    return fail(401, { reason: isOver ? ('over' as const) : ('wrong' as const), waitS: 0, back });
  },
};
