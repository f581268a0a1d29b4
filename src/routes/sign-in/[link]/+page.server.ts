/** A link that lets one person in once: they set a password, and are in. Looking at it does not use it up. */
import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { PASSWORD_LENGTH } from '#lib/server/auth/accounts.ts';
import { keepCookies } from '#lib/server/auth/cookies.ts';
import { ALL_MISSIONS } from '#lib/access/roles.ts';
import { accessSystem } from '#lib/server/context.ts';
import { askerOf, typedPassword, typedText } from '../../asker.ts';
import type { Actions, PageServerLoad } from './$types';

const EMAIL = z.email();

export const load: PageServerLoad = ({ params, setHeaders }) => {
  // The address is a secret: it must not travel on, nor stay in a cache. Without any referrer browsers would send the
  // form with `Origin: null`, as another site's.
  setHeaders({ 'referrer-policy': 'strict-origin', 'cache-control': 'no-store' });
  const linked = accessSystem().people.linked(params.link);
  return {
    isValid: linked !== undefined,
    person: linked?.person === undefined ? null : { name: linked.person.name, email: linked.person.email },
    least: PASSWORD_LENGTH.least,
  };
};

function isLongEnough(password: string): boolean {
  return password.length >= PASSWORD_LENGTH.least && password.length <= PASSWORD_LENGTH.most;
}

export const actions: Actions = {
  default: async (event) => {
    const form = await event.request.formData();
    const { people, accounts } = accessSystem();
    const { link } = event.params;
    const linked = people.linked(link);
    if (linked === undefined) return fail(410, { reason: 'used' as const, name: '', email: '' });
    const name = linked.person?.name ?? typedText(form, 'name');
    const email = linked.person?.email ?? typedText(form, 'email').toLowerCase();
    const password = typedPassword(form);
    if (name === '' || !EMAIL.safeParse(email).success)
      return fail(422, { reason: 'who' as const, name, email });
    if (!isLongEnough(password)) return fail(422, { reason: 'password' as const, name, email });
    // Used up before anything changes: of two who send it at once, one is too late.
    if (!people.useLink(link)) return fail(410, { reason: 'used' as const, name, email });
    const grants = [{ role: 'administrator', mission: ALL_MISSIONS }] as const;
    const person = linked.person ?? people.invite({ name, email, grants }, 'first start');
    if (linked.person === undefined) people.setGrants(person.id, grants, 'first start');
    await accounts.setPassword(person.id, password);
    people.note({ actor: email, action: 'password-set', subject: email, before: null, after: null });
    // Whoever lost what makes their codes gets in by such a link too: an administrator handed it to them.
    if (accounts.secondStep.remove(person.id))
      people.note({ actor: email, action: 'second-step-removed', subject: email, before: null, after: null });
    const response = await accounts.signIn(askerOf(event), { email, password });
    keepCookies(event.cookies, response.headers.getSetCookie());
    redirect(303, response.ok ? '/' : '/sign-in');
  },
};
