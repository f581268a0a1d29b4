/** Roles and missions as people read them. */
import type { Role } from '#lib/access/roles.ts';
import { m } from '#lib/paraglide/messages.js';

export interface GrantView {
  readonly role: Role;
  /** null: all missions */
  readonly mission: { readonly slug: string; readonly name: string } | null;
}

export function roleWord(role: Role): string {
  switch (role) {
    case 'viewer':
      return m.role_viewer();
    case 'engineer':
      return m.role_engineer();
    case 'officer':
      return m.role_officer();
    case 'hq':
      return m.role_hq();
    case 'administrator':
      return m.role_administrator();
  }
}

export function roleMeaning(role: Role): string {
  switch (role) {
    case 'viewer':
      return m.role_viewer_meaning();
    case 'engineer':
      return m.role_engineer_meaning();
    case 'officer':
      return m.role_officer_meaning();
    case 'hq':
      return m.role_hq_meaning();
    case 'administrator':
      return m.role_administrator_meaning();
  }
}

export function grantWords({ role, mission }: GrantView): string {
  return m.grant_words({ role: roleWord(role), mission: mission?.name ?? m.all_missions() });
}
