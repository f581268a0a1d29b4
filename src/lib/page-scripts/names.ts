/**
 * The scripts of pages that the server draws whole and that need a little more than words: each is one module,
 * built beside the pages (vite.config.ts) and named by `PageScript.svelte`. They bring no framework along.
 */
export const PAGE_SCRIPTS = ['history'] as const;
export type PageScriptName = (typeof PAGE_SCRIPTS)[number];

/** From the root of the site, without the leading slash; immutable, so whoever links it names the version too. */
export function pageScriptFile(name: PageScriptName): string {
  return `_app/immutable/page/${name}.js`;
}

/** Where the module is in the sources, from the root of the project. */
export function pageScriptSource(name: PageScriptName): string {
  return `src/lib/page-scripts/${name}.ts`;
}
