/** One group of topics that nobody reads: a suggested profile, tried on what was recorded, and saved by a person. Works without script. */
import { fail, redirect } from '@sveltejs/kit';
import type { DeviceProblem } from '#lib/components/onboarding/onboarding-view.ts';
import { addSource, SOURCE_FIELDS, type AddedSource, type SourceText } from '#lib/registry/add-source.ts';
import type { Registry } from '#lib/registry/types.ts';
import { askWorker, changeRegistry, recordSavedProfile, settings } from '#lib/server/context.ts';
import { AppError } from '#lib/server/errors.ts';
import {
  readGroup,
  readTried,
  type TopicGroupAnswer,
  type TriedProfile,
} from '#lib/server/live/onboarding-answer.ts';
import { saveOwnProfile } from '#lib/server/registry/own-profile.ts';
import { ask } from '../../ask.ts';
import type { Actions, PageServerLoad } from './$types';

const LONGEST_TEXT = 1_000;
const LONGEST_YAML = 256 * 1024;

function campsOf({ missions }: Registry) {
  return Object.entries(missions).flatMap(([mission, { name, camps }]) =>
    Object.entries(camps).map(([camp, each]) => ({
      value: `${mission}/${camp}`,
      name: `${name}: ${each.name}`,
    })),
  );
}

/** The line of the registry that takes in the group's topics. */
function proposedLine({ group, tried }: TopicGroupAnswer): { topic: string; meter: string } {
  const [leaf] = group.leaves;
  const whole = group.shape === '' ? (leaf?.name ?? '') : group.shape;
  if (tried?.ok !== true) return { topic: whole, meter: '{device}' };
  const { meter, commonLevels } = tried;
  // Births stand beside data, on topics of other shapes: one line takes in both.
  const topic = group.profile === null ? whole : whole.split('/', commonLevels ?? undefined).join('/');
  return { topic, meter };
}

async function groupAt(search: URLSearchParams): Promise<TopicGroupAnswer | undefined> {
  const asked = new URLSearchParams([['shape', search.get('shape') ?? '']]);
  for (const answer of search.getAll('a')) if (answer !== '') asked.append('a', answer);
  return readGroup(await askWorker(`/onboarding/group?${asked.toString()}`));
}

export const load: PageServerLoad = async ({ url }) => {
  const answer = await groupAt(url.searchParams);
  return ask((ctx) =>
    Promise.resolve({
      now: ctx.now,
      shape: url.searchParams.get('shape') ?? '',
      answer: answer ?? null,
      line: answer === undefined ? null : proposedLine(answer),
      camps: campsOf(ctx.registry),
      zones: Intl.supportedValuesOf('timeZone'),
    }),
  );
};

interface Typed {
  readonly yaml: string;
  readonly fields: SourceText;
}

async function typedIn(request: Request): Promise<Typed> {
  const form = await request.formData();
  const text = (name: string, longest: number): string => {
    const value = form.get(name);
    // Browsers send line ends as CRLF.
    return typeof value === 'string' ? value.slice(0, longest).replaceAll('\r\n', '\n') : '';
  };
  const fields = Object.fromEntries(SOURCE_FIELDS.map((field) => [field, text(field, LONGEST_TEXT)]));
  return { yaml: text('yaml', LONGEST_YAML), fields };
}

async function tryOn(shape: string, yaml: string): Promise<TriedProfile | undefined> {
  return readTried(await askWorker('/onboarding/try', { shape, yaml }));
}

function refused(status: number, typed: Typed, problem: DeviceProblem) {
  return fail(status, { typed, problem, tried: null });
}

export const actions: Actions = {
  try: async ({ request, url }) => {
    const typed = await typedIn(request);
    const tried = await tryOn(url.searchParams.get('shape') ?? '', typed.yaml);
    if (tried === undefined) return refused(503, typed, { reason: 'failed' });
    if (!tried.ok) return refused(422, typed, { reason: 'profile', problems: tried.problems });
    return { typed, problem: null, tried };
  },
  save: async ({ request, url }) => {
    const typed = await typedIn(request);
    const answer = await groupAt(url.searchParams);
    const known = answer?.group.profile ?? null;
    let profile = known;
    if (profile === null) {
      const tried = await tryOn(url.searchParams.get('shape') ?? '', typed.yaml);
      if (tried === undefined) return refused(503, typed, { reason: 'failed' });
      if (!tried.ok) return refused(422, typed, { reason: 'profile', problems: tried.problems });
      profile = tried.profile;
    }
    const name = profile;
    let added: AddedSource | undefined;
    let isSaved = true;
    const reason = `reads ${url.searchParams.get('shape') ?? ''} by the profile ${name}`;
    try {
      await changeRegistry(
        (registry) => {
          added = addSource(registry, name, typed.fields);
          if (!added.ok) return undefined;
          // Before the line that names it: a line without its profile would reject what arrives meanwhile.
          if (known === null) isSaved = saveOwnProfile(settings().profilesDir, name, typed.yaml);
          return isSaved ? added.registry : undefined;
        },
        { author: 'dashboard', reason },
      );
      if (known === null && added?.ok === true && isSaved)
        recordSavedProfile({ name, yaml: typed.yaml }, reason);
    } catch (cause) {
      if (!(cause instanceof AppError)) throw cause;
      console.error(JSON.stringify({ level: 'error', message: 'device not saved', code: cause.code }));
      return refused(503, typed, { reason: 'failed' });
    }
    if (added === undefined) throw new Error('The registry was not asked.');
    if (!added.ok) return refused(422, typed, { reason: 'fields', fields: added.fields });
    if (!isSaved) return refused(409, typed, { reason: 'exists', profile: name });
    redirect(303, `/onboarding?saved=${added.mission}/${added.camp}`);
  },
};
