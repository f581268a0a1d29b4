/** Things and what was done to them, in the reader's language. */
import type { AuditedAction, AuditedThing } from '#lib/registry/audited.ts';
import { m } from '#lib/paraglide/messages.js';

const THINGS: Readonly<Record<AuditedThing, () => string>> = {
  registry: m.audit_registry,
  profile: m.audit_profile,
  correction: m.audit_correction,
  fuel: m.audit_fuel,
  note: m.audit_note,
  credential: m.audit_credential,
  person: m.audit_person,
  token: m.audit_token,
};

const ACTIONS: Readonly<Record<AuditedAction, () => string>> = {
  saved: m.audit_saved,
  made: m.audit_made,
  superseded: m.audit_superseded,
  withdrawn: m.audit_withdrawn,
  invited: m.audit_invited,
  'roles-changed': m.audit_roles_changed,
  removed: m.audit_removed,
  'link-made': m.audit_link_made,
  'password-set': m.audit_password_set,
  'second-step-set': m.audit_second_step_set,
  'second-step-removed': m.audit_second_step_removed,
  'token-made': m.audit_token_made,
  'token-revoked': m.audit_token_revoked,
};

export function thingWord(thing: AuditedThing): string {
  return THINGS[thing]();
}

export function actionWord(action: AuditedAction): string {
  return ACTIONS[action]();
}
