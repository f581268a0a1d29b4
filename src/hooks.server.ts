/**
 * Before every page: the reader's language and theme, written into the document itself, so that nothing
 * flashes and a page without script is complete. After every fault: one log line, and words without insides.
 */
import type { Handle, HandleServerError } from '@sveltejs/kit';
import { THEME_COOKIE, toTheme } from '#lib/components/shell/theme.ts';
import { compressed } from '#lib/server/compress.ts';
import { getTextDirection } from '#lib/paraglide/runtime.js';
import { paraglideMiddleware } from '#lib/paraglide/server.js';

const HEADERS = {
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
} as const;

export const handle: Handle = ({ event, resolve }) =>
  paraglideMiddleware(event.request, async ({ request, locale }) => {
    event.request = request;
    const theme = toTheme(event.cookies.get(THEME_COOKIE));
    event.locals.locale = locale;
    event.locals.theme = theme;
    const response = await resolve(event, {
      transformPageChunk: ({ html }) =>
        html
          .replace('%bluewatt.lang%', locale)
          .replace('%bluewatt.dir%', getTextDirection(locale))
          .replace('%bluewatt.theme%', theme),
    });
    for (const [name, value] of Object.entries(HEADERS)) response.headers.set(name, value);
    if (response.headers.get('content-type')?.startsWith('text/html') === true) {
      // One address, several languages and themes: a cache in between must not hand out somebody else's.
      response.headers.append('vary', 'Accept-Language, Cookie');
    }
    return compressed(request, response);
  });

export const handleError: HandleServerError = ({ error, event, status }) => {
  if (status !== 404) {
    console.error(
      JSON.stringify({
        level: 'error',
        message: 'page failed',
        path: event.url.pathname,
        status,
        cause: error instanceof Error ? error.message : String(error),
        stack: error instanceof Error ? error.stack : undefined,
      }),
    );
  }
  // Whatever went wrong inside stays inside.
  return status === 404 ? { message: 'Not found' } : { message: 'Internal error', code: 'INTERNAL' };
};
