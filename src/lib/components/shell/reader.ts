/** Who reads this page, as its head tells. */
export interface Reader {
  readonly mode: 'open' | 'accounts';
  /** null: nobody signed in */
  readonly name: string | null;
  readonly canSignIn: boolean;
  readonly mayAdminister: boolean;
}
