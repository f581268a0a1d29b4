/**
 * Keeps the reader's language or theme in a cookie and goes back to where they were. A plain link, so that it
 * works without script; it changes nothing but how pages look to this one browser.
 */
import { error, redirect } from '@sveltejs/kit';
import { THEME_COOKIE, THEMES } from '#lib/components/shell/theme.ts';
import { cookieMaxAge, cookieName, locales } from '#lib/paraglide/runtime.js';
import { safePath } from '../safe-path.ts';
import type { RequestHandler } from './$types';

const CHOICES: Readonly<Record<string, { cookie: string; values: readonly string[] }>> = {
  lang: { cookie: cookieName, values: locales },
  theme: { cookie: THEME_COOKIE, values: THEMES },
};

export const GET: RequestHandler = ({ url, cookies }) => {
  for (const [name, { cookie, values }] of Object.entries(CHOICES)) {
    const value = url.searchParams.get(name);
    if (value === null) continue;
    if (!values.includes(value)) error(400, `${name}: expected one of ${values.join(', ')}`);
    // Readable by the page's own script and sent over plain HTTP on a camp's network: it holds no secret.
    cookies.set(cookie, value, {
      path: '/',
      maxAge: cookieMaxAge,
      sameSite: 'lax',
      httpOnly: false,
      secure: false,
    });
  }
  redirect(303, safePath(url.searchParams.get('back')));
};
