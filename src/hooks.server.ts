/**
 * Before every page: the reader's language and theme, written into the document itself, so that nothing
 * flashes and a page without script is complete. After every fault: one log line, and words without insides.
 */
import type { Handle, HandleServerError, ServerInit } from '@sveltejs/kit';
import { THEME_COOKIE, toTheme } from '#lib/components/shell/theme.ts';
import { guarded } from '#lib/server/auth/guard.ts';
import { identify, startAccess } from '#lib/server/context.ts';
import { compressed } from '#lib/server/compress.ts';
import { getTextDirection } from '#lib/paraglide/runtime.js';
import { paraglideMiddleware } from '#lib/paraglide/server.js';

const HEADERS = {
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
} as const;

/** Says at start who gets in, before anybody asks. */
export const init: ServerInit = startAccess;

export const handle: Handle = ({ event, resolve }) =>
  paraglideMiddleware(event.request, async ({ request, locale }) => {
    event.request = request;
    const theme = toTheme(event.cookies.get(THEME_COOKIE));
    event.locals.locale = locale;
    event.locals.theme = theme;
    const response = await guarded({ identify }, event, async () =>
      resolve(event, {
        transformPageChunk: ({ html }) =>
          html
            .replace('%bluewatt.lang%', locale)
            .replace('%bluewatt.dir%', getTextDirection(locale))
            .replace('%bluewatt.theme%', theme),
      }),
    );
    // A page may be stricter than the rest.
    for (const [name, value] of Object.entries(HEADERS))
      if (!response.headers.has(name)) response.headers.set(name, value);
    if (response.headers.get('content-type')?.startsWith('text/html') === true) {
      // One address, several languages and themes: a cache in between must not hand out somebody else's.
      response.headers.append('vary', 'Accept-Language, Cookie');
      const mayBeKept = response.headers.get('cache-control') !== 'no-store';
      if (event.locals.access.person !== undefined && mayBeKept)
        response.headers.set('cache-control', 'private, no-cache');
    }
    return compressed(request, response);
  });

export const handleError: HandleServerError = ({ error, event, status }) => {
  if (status !== 404) {
    console.error(
      JSON.stringify({
        level: 'error',
        message: 'page failed',
        // The route where the address itself is a secret.
        path: event.params['link'] === undefined ? event.url.pathname : event.route.id,
        status,
        cause: error instanceof Error ? error.message : String(error),
        stack: error instanceof Error ? error.stack : undefined,
      }),
    );
  }
  // Whatever went wrong inside stays inside.
  return status === 404 ? { message: 'Not found' } : { message: 'Internal error', code: 'INTERNAL' };
};
