/** A table and a form that asks for another: no script is needed, so none is sent. */
export const csr = false;
