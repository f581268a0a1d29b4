/** Hands the library's cookies to Kit, which writes them into the answer. */
import type { Cookies } from '@sveltejs/kit';
import { parseSetCookieHeader, toCookieOptions } from 'better-auth/cookies';

export function keepCookies(cookies: Cookies, setCookie: readonly string[]): void {
  for (const header of setCookie) {
    for (const [name, attributes] of parseSetCookieHeader(header)) {
      // Kit would make it Secure on any address but localhost; here the origin decides, which may be plain http.
      const options = { secure: false, ...definedOf(toCookieOptions(attributes)) };
      cookies.set(name, attributes.value, { ...options, path: attributes.path ?? '/' });
    }
  }
}

function definedOf<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const defined = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
