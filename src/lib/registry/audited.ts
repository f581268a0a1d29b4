/** What people change, as the record of changes names it. Pure. */
export const AUDITED_THINGS = [
  'registry',
  'profile',
  'correction',
  'fuel',
  'note',
  'credential',
  'person',
  'token',
] as const;
export type AuditedThing = (typeof AUDITED_THINGS)[number];

/** What is done to people and their access. */
export type AccessAction =
  | 'invited'
  | 'roles-changed'
  | 'removed'
  | 'link-made'
  | 'password-set'
  | 'second-step-set'
  | 'second-step-removed'
  | 'token-made'
  | 'token-revoked';

export type AuditedAction = 'saved' | 'made' | 'superseded' | 'withdrawn' | AccessAction;

/** One value that a change made another one. */
export interface AuditedValue {
  /** where it stands: `missions unmiss camps juba name`, `litres`, an e-mail address */
  readonly path: string;
  /** null: there was none */
  readonly before: string | null;
  /** null: there is none any more */
  readonly after: string | null;
}

export interface AuditedChange {
  readonly thing: AuditedThing;
  readonly action: AuditedAction;
  /** of its kind, ascending in the order they were made */
  readonly number: number;
  /** epoch ms */
  readonly at: number;
  readonly author: string;
  /** null where nobody is asked for one */
  readonly reason: string | null;
}

export function isAuditedThing(text: string): text is AuditedThing {
  return (AUDITED_THINGS as readonly string[]).includes(text);
}
