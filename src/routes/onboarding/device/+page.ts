/** Links and forms of the server: this page runs no script. */
export const csr = false;
