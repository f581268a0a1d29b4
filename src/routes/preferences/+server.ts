/**
 * Keeps the reader's language or theme in a cookie and goes back to where they were. A plain link, so that it
 * works without script; it changes nothing but how pages look to this one browser.
 */
import { error, redirect } from '@sveltejs/kit';
import { THEME_COOKIE, THEMES } from '#lib/components/shell/theme.ts';
import { cookieMaxAge, cookieName, locales } from '#lib/paraglide/runtime.js';
import type { RequestHandler } from './$types';

const CHOICES: Readonly<Record<string, { cookie: string; values: readonly string[] }>> = {
  lang: { cookie: cookieName, values: locales },
  theme: { cookie: THEME_COOKIE, values: THEMES },
};

/** A path on this site; anything that could lead elsewhere becomes the first page. */
function safePath(back: string | null): string {
  if (back === null || !back.startsWith('/')) return '/';
  const origin = 'http://bluewatt.invalid';
  const target = URL.canParse(back, origin) ? new URL(back, origin) : undefined;
  // `/.//elsewhere` stays on the origin but its path alone, read as an address, does not.
  if (target?.origin !== origin || target.pathname.startsWith('//')) return '/';
  return target.pathname + target.search;
}

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
