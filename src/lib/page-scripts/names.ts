/**
 * The scripts of pages that the server draws whole and that need a little more than words: each is one module,
 * built beside the pages (vite.config.ts) and named by `PageScript.svelte`. They bring no router along, and but for two no framework.
 */
const SOURCES = {
  history: 'src/lib/page-scripts/history.ts',
  // These bring a component along: what they move is more than a page script can say for itself.
  camp: 'src/lib/components/camp/live-desk-script.svelte.ts',
  meter: 'src/lib/components/meters/live-values-script.ts',
} as const;
export type PageScriptName = keyof typeof SOURCES;
export const PAGE_SCRIPTS = Object.keys(SOURCES) as readonly PageScriptName[];

/** From the root of the site, without the leading slash; immutable, so whoever links it names the version too. */
export function pageScriptFile(name: PageScriptName): string {
  return `_app/immutable/page/${name}.js`;
}

/** Where the module is in the sources, from the root of the project. */
export function pageScriptSource(name: PageScriptName): string {
  return SOURCES[name];
}
