/**
 * Drawn by the server; what moves is the page's own script, not the framework's
 * (docs/decisions/0015-page-scripts.md).
 */
export const csr = false;
