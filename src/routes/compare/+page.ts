/** A table and drawings of the server: like HQ's first page, it runs no script. */
export const csr = false;
