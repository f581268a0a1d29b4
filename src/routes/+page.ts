/**
 * HQ's page runs no script: links, forms and drawings of the server say everything, so that it costs a camp's link
 * its words alone (docs/decisions/0011-hq-without-script.md). Pages that it leads to bring their own.
 */
export const csr = false;
