/** An administrator's page: who is here, with which roles where, and the links that let them in. */
import { fail } from '@sveltejs/kit';
import { z } from 'zod';
import { ALL_MISSIONS, isRole, toGrant, type Grant } from '#lib/access/roles.ts';
import { missionOf } from '#lib/registry/lookup.ts';
import type { Person } from '#lib/server/auth/access.ts';
import { originOf } from '#lib/server/auth/system.ts';
import { accessSystem, queryContext, settings } from '#lib/server/context.ts';
import { ask } from '../ask.ts';
import { typedText } from '../asker.ts';
import { toGrantView } from '../grant-view.ts';
import type { Actions, PageServerLoad } from './$types';

const EMAIL = z.email();

export const load: PageServerLoad = () =>
  ask((ctx) => {
    const { people, desks, accounts } = accessSystem();
    return Promise.resolve({
      people: people.list().map(({ grants, ...person }) => ({
        ...person,
        hasEntered: person.hasEntered || desks.has(person.id),
        hasSecondStep: accounts.secondStep.isSet(person.id),
        grants: grants.map((grant) => toGrantView(grant, ctx.registry)),
      })),
      missions: Object.entries(ctx.registry.missions).map(([slug, { name }]) => ({ slug, name })),
    });
  });

/** Whoever changes something, as the record of changes names them. */
function actorOf({ access }: App.Locals): string {
  return access.person?.email ?? 'open access';
}

function linkFor(person: Person, actor: string) {
  const { people } = accessSystem();
  const link = `${originOf(settings())}/sign-in/${people.makeLink(person, actor)}`;
  return { handed: { name: person.name, link } };
}

async function typedGrant(form: FormData): Promise<Grant | undefined> {
  const role = typedText(form, 'role');
  if (!isRole(role)) return undefined;
  const grant = toGrant(role, typedText(form, 'mission'));
  const { registry } = await queryContext();
  const isKnown = grant.mission === ALL_MISSIONS || missionOf(registry, grant.mission) !== undefined;
  return isKnown ? grant : undefined;
}

function personOf(form: FormData): Person | undefined {
  return accessSystem().people.find(typedText(form, 'person'));
}

function setGrants(person: Person, grants: readonly Grant[], actor: string) {
  return accessSystem().people.setGrants(person.id, grants, actor)
    ? { done: true as const }
    : fail(409, { reason: 'last' as const });
}

const isSame = (a: Grant, b: Grant) => a.role === b.role && a.mission === b.mission;

export const actions: Actions = {
  invite: async ({ request, locals }) => {
    const form = await request.formData();
    const { people } = accessSystem();
    const name = typedText(form, 'name');
    const email = typedText(form, 'email').toLowerCase();
    const grant = await typedGrant(form);
    if (name === '' || !EMAIL.safeParse(email).success || grant === undefined)
      return fail(422, { reason: 'wrong' as const });
    if (people.list().some((person) => person.email === email))
      return fail(409, { reason: 'known' as const });
    const actor = actorOf(locals);
    return linkFor(people.invite({ name, email, grants: [grant] }, actor), actor);
  },
  give: async ({ request, locals }) => {
    const form = await request.formData();
    const [person, grant] = [personOf(form), await typedGrant(form)];
    if (person === undefined) return fail(404, { reason: 'gone' as const });
    if (grant === undefined) return fail(422, { reason: 'wrong' as const });
    const others = accessSystem()
      .people.grantsOf(person.id)
      .filter((each) => !isSame(each, grant));
    return setGrants(person, [...others, grant], actorOf(locals));
  },
  take: async ({ request, locals }) => {
    const form = await request.formData();
    const person = personOf(form);
    const [role = '', mission = ''] = typedText(form, 'grant').split('/');
    if (person === undefined || !isRole(role)) return fail(404, { reason: 'gone' as const });
    const others = accessSystem()
      .people.grantsOf(person.id)
      .filter((each) => !isSame(each, { role, mission }));
    return setGrants(person, others, actorOf(locals));
  },
  link: async ({ request, locals }) => {
    const person = personOf(await request.formData());
    return person === undefined ? fail(404, { reason: 'gone' as const }) : linkFor(person, actorOf(locals));
  },
  remove: async ({ request, locals }) => {
    const person = personOf(await request.formData());
    if (person === undefined) return fail(404, { reason: 'gone' as const });
    return accessSystem().people.remove(person.id, actorOf(locals))
      ? { done: true as const }
      : fail(409, { reason: 'last' as const });
  },
};
