/** Who reads this page and what they may do on it. Set by the frame; a form that its reader may not send is not shown. */
import { createContext } from 'svelte';

export interface Reader {
  readonly mode: 'open' | 'accounts';
  /** null: nobody signed in */
  readonly name: string | null;
  readonly canSignIn: boolean;
  readonly mayAdminister: boolean;
  /** in the page's mission; on a page of none, in all of them */
  readonly mayRecord: boolean;
  /** likewise */
  readonly mayRegister: boolean;
  /** some part of the registry, in some mission: it is theirs to open */
  readonly ownsSomewhere: boolean;
}

export const [readerOf, setReader] = createContext<() => Reader>();
