/** One's own page: what one may see, password, tokens for scripts, and the way out. */
import { error, fail, redirect } from '@sveltejs/kit';
import { renderSVG } from 'uqr';
import { missionOf } from '#lib/registry/lookup.ts';
import { PASSWORD_LENGTH } from '#lib/server/auth/accounts.ts';
import type { Person } from '#lib/server/auth/access.ts';
import { keepCookies } from '#lib/server/auth/cookies.ts';
import { MAX_TOKEN_DAYS } from '#lib/server/auth/token-store.ts';
import { accessSystem } from '#lib/server/context.ts';
import { ask } from '../ask.ts';
import { askerOf, typedPassword, typedText } from '../asker.ts';
import { toGrantView } from '../grant-view.ts';
import type { Actions, PageServerLoad } from './$types';

function personOf({ access }: App.Locals): Person {
  // The route's rule asks for one.
  return access.person ?? error(401, { message: 'Nobody is signed in' });
}

export const load: PageServerLoad = ({ locals }) =>
  ask((ctx) => {
    const person = personOf(locals);
    const missions = Object.entries(ctx.registry.missions).map(([slug, { name }]) => ({ slug, name }));
    return Promise.resolve({
      person: { name: person.name, email: person.email },
      grants: locals.access.grants.map((grant) => toGrantView(grant, ctx.registry)),
      tokens: accessSystem()
        .tokens.ofPerson(person.id)
        .map(({ missions: scope, ...token }) => ({
          ...token,
          missions: scope?.map((slug) => missionOf(ctx.registry, slug)?.name ?? slug) ?? null,
        })),
      missions,
      least: PASSWORD_LENGTH.least,
      hasSecondStep: accessSystem().accounts.secondStep.isSet(person.id),
      mostDays: MAX_TOKEN_DAYS,
    });
  });

export const actions: Actions = {
  out: async (event) => {
    const response = await accessSystem().accounts.signOut(askerOf(event));
    keepCookies(event.cookies, response.headers.getSetCookie());
    redirect(303, '/sign-in');
  },
  password: async (event) => {
    const person = personOf(event.locals);
    const form = await event.request.formData();
    const { accounts, people } = accessSystem();
    const response = await accounts.changePassword(askerOf(event), {
      current: typedPassword(form, 'current'),
      next: typedPassword(form, 'next'),
    });
    if (!response.ok) return fail(response.status === 429 ? 429 : 422, { reason: 'password' as const });
    keepCookies(event.cookies, response.headers.getSetCookie());
    const { email } = person;
    people.note({ actor: email, action: 'password-set', subject: email, before: null, after: null });
    return { done: 'password' as const };
  },
  beginSecondStep: async (event) => {
    const form = await event.request.formData();
    const begun = await accessSystem().accounts.secondStep.begin(askerOf(event), typedPassword(form));
    if (begun === undefined) return fail(422, { reason: 'second-password' as const });
    const key = new URL(begun.uri).searchParams.get('secret') ?? '';
    return { begun: { ...begun, key, qr: renderSVG(begun.uri, { border: 1 }) } };
  },
  confirmSecondStep: async (event) => {
    const { email } = personOf(event.locals);
    const { accounts, people } = accessSystem();
    const typed = typedText(await event.request.formData(), 'code');
    const response = await accounts.secondStep.confirm(askerOf(event), typed);
    if (!response.ok) return fail(422, { reason: 'second-code' as const, isBegun: true });
    keepCookies(event.cookies, response.headers.getSetCookie());
    people.note({ actor: email, action: 'second-step-set', subject: email, before: null, after: null });
    return { done: 'second-step' as const };
  },
  endSecondStep: async (event) => {
    const { email } = personOf(event.locals);
    const { accounts, people } = accessSystem();
    const typed = typedPassword(await event.request.formData());
    const response = await accounts.secondStep.end(askerOf(event), typed);
    if (!response.ok) return fail(422, { reason: 'second-password' as const });
    keepCookies(event.cookies, response.headers.getSetCookie());
    people.note({ actor: email, action: 'second-step-removed', subject: email, before: null, after: null });
    return { done: 'second-step-ended' as const };
  },
  makeToken: async (event) => {
    const person = personOf(event.locals);
    const form = await event.request.formData();
    const name = typedText(form, 'name');
    const days = Number(typedText(form, 'days'));
    const chosen = typedText(form, 'mission');
    const isValid = name !== '' && Number.isInteger(days) && days >= 1 && days <= MAX_TOKEN_DAYS;
    if (!isValid || (chosen !== '' && !event.locals.access.may('read', chosen)))
      return fail(422, { reason: 'token' as const });
    const { tokens, people } = accessSystem();
    const missions = chosen === '' ? undefined : [chosen];
    const token = tokens.make(person.id, { name, missions, days });
    if (token === undefined) return fail(409, { reason: 'tokens' as const });
    const after = `${chosen === '' ? '*' : chosen}, ${String(days)} d`;
    people.note({ actor: person.email, action: 'token-made', subject: name, before: null, after });
    return { token };
  },
  revokeToken: async (event) => {
    const person = personOf(event.locals);
    const form = await event.request.formData();
    const { tokens, people } = accessSystem();
    const name = tokens.revoke(person.id, typedText(form, 'id'));
    if (name === undefined) return fail(404, { reason: 'gone' as const });
    people.note({ actor: person.email, action: 'token-revoked', subject: name, before: null, after: null });
    return { done: 'revoked' as const };
  },
};
