/** A path on this site to go back to; anything that could lead elsewhere becomes the first page. */
export function safePath(back: string | null): string {
  if (back === null || !back.startsWith('/')) return '/';
  const origin = 'http://bluewatt.invalid';
  const target = URL.canParse(back, origin) ? new URL(back, origin) : undefined;
  // `/.//elsewhere` stays on the origin but its path alone, read as an address, does not.
  if (target?.origin !== origin || target.pathname.startsWith('//')) return '/';
  return target.pathname + target.search;
}
