/** Links, forms and drawings of the server: this page runs no script. */
export const csr = false;
