/** What our forms hand on to the accounts: who asks, and what was typed, never longer than it may be. */
import type { RequestEvent } from '@sveltejs/kit';
import type { Asker } from '#lib/server/auth/asker.ts';

const LONGEST_TEXT = 300;

export function askerOf({ request, getClientAddress }: RequestEvent): Asker {
  return { cookie: request.headers.get('cookie'), client: getClientAddress() };
}

/** The field's text without spaces around it; '' when it is missing or a file. */
export function typedText(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.slice(0, LONGEST_TEXT).trim() : '';
}

/** As typed: a password may begin with a space. */
export function typedPassword(form: FormData, name = 'password'): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
