/**
 * To the organisation's own sign-in. A link and no form: our policy lets forms go to this site only, and browsers hold
 * redirects after a form to that too. It changes nothing but a cookie that has to come back with the answer.
 */
import { redirect } from '@sveltejs/kit';
import { keepCookies } from '#lib/server/auth/cookies.ts';
import { accessSystem, settings } from '#lib/server/context.ts';
import { askerOf } from '../../asker.ts';
import { safePath } from '../../safe-path.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
  if (settings().oidc === undefined) redirect(303, '/sign-in');
  const back = safePath(event.url.searchParams.get('back'));
  const response = await accessSystem().accounts.startOrganisation(askerOf(event), back);
  const { url } = (response.ok ? await response.json() : {}) as { url?: string };
  if (url === undefined) redirect(303, '/sign-in?error=organisation');
  keepCookies(event.cookies, response.headers.getSetCookie());
  redirect(303, url);
};
