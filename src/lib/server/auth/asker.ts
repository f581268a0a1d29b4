/** What the accounts are asked with: who asks, from where, with which cookies. */
export interface Asker {
  readonly cookie: string | null;
  /** address */
  readonly client: string;
}
