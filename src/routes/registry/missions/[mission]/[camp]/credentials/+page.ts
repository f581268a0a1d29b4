/** Forms and words: no script is needed, so none is sent. */
export const csr = false;
