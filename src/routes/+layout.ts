/**
 * The server draws every page whole, and links and forms lead on: no page is taken over by a framework in the browser,
 * so that nothing that somebody typed on a slow link is overwritten when its script arrives, and a page costs its words
 * alone (docs/decisions/0011-hq-without-script.md, 0015-page-scripts.md). What moves on a page is a script of its own,
 * named by PageScript.svelte.
 */
const isTakenOver = false;
// By a name: where SvelteKit reads a literal `false` for all pages it builds nothing for the browser, page scripts included.
export const csr = isTakenOver;
