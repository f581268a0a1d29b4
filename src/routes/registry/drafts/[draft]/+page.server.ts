/**
 * A change before it is saved: what it changes, what it would restate, or what it is in conflict with; and the way to
 * save it, signed and with a reason. What was typed stays in the draft until then, whatever others save.
 */
import { error, fail, redirect } from '@sveltejs/kit';
import { factorSetsWith, firstDateOfOtherFactors } from '#lib/energy/factors.ts';
import type { Registry } from '#lib/registry/types.ts';
import { mergeRegistries } from '#lib/registry/merge.ts';
import { isAuthor } from '#lib/registry/note.ts';
import { untoldRatioChanges } from '#lib/registry/ratio-change.ts';
import { askWorker, changeRegistry, draftStore, mayChangeRegistry } from '#lib/server/context.ts';
import { readEffect, type Effect } from '#lib/server/live/preview-answer.ts';
import { ask } from '../../../ask.ts';
import { choicesOf, silencedMeters, standingOf, type Standing } from '../../draft-state.ts';
import { faultTold, keepDraft } from '../../drafting.ts';
import type { Actions, PageServerLoad } from './$types';

const DIFFERENCES_SHOWN = 200;
const LONGEST_REASON = 280;

/** @throws HttpError 404 also where the reader may not make the change: it tells of other missions */
async function foundStanding(id: string): Promise<Standing> {
  const standing = await faultTold(() => standingOf(id));
  if (standing === undefined || !mayChangeRegistry(standing.base, standing.draft.registry))
    error(404, { message: 'Not found' });
  return standing;
}

async function effectOf({ current, state }: Standing): Promise<Effect | null> {
  if (state.kind !== 'ready' || state.differences.length === 0) return null;
  const question = { version: current.version, registry: state.registry };
  return readEffect(await askWorker('/registry/preview', question));
}

export const load: PageServerLoad = ({ params, url, locals }) =>
  ask(async (ctx) => {
    const standing = await foundStanding(params.draft);
    const { draft, current, state } = standing;
    const isReady = state.kind === 'ready';
    return {
      draft: { base: draft.base, title: draft.title, madeAt: draft.madeAt, savedAs: draft.savedAs },
      version: current.version,
      author: locals.access.person?.name ?? null,
      isImpatient: url.searchParams.has('now'),
      differences: isReady ? state.differences.slice(0, DIFFERENCES_SHOWN) : [],
      count: isReady ? state.differences.length : 0,
      silenced: isReady ? await silencedMeters(ctx, current.registry, state.registry) : [],
      ratios: isReady ? untoldRatioChanges(current.registry, state.registry) : [],
      emissionsFrom: isReady ? (otherEmissionsFrom(current.registry, state.registry) ?? null) : null,
      effect: draft.savedAs === null ? await effectOf(standing) : null,
      conflicts: state.kind === 'conflict' ? state.conflicts : [],
      problems: state.kind === 'problems' ? state.problems : [],
    };
  });

/** The first local date whose emissions would be counted with other factors. */
function otherEmissionsFrom(before: Registry, after: Registry): string | undefined {
  return firstDateOfOtherFactors(factorSetsWith(before.factors), factorSetsWith(after.factors));
}

function typedIn(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.slice(0, 1_000).trim() : '';
}

export const actions: Actions = {
  save: async ({ request, params, locals }) => {
    const { draft, state } = await foundStanding(params.draft);
    if (draft.savedAs !== null) redirect(303, `/registry/drafts/${draft.id}`);
    const form = await request.formData();
    const typed = { author: typedIn(form, 'author'), reason: typedIn(form, 'reason') };
    const isSigned = locals.access.person !== undefined;
    const wrong = [
      ...(isSigned || isAuthor(typed.author) ? [] : ['author' as const]),
      ...(isReason(typed.reason) ? [] : ['reason' as const]),
      ...(form.get('effect') === null ? ['effect' as const] : []),
    ];
    if (wrong.length > 0) return fail(422, { typed, wrong, reason: 'fields' as const });
    if (state.kind !== 'ready') return fail(409, { typed, wrong: [], reason: 'moved' as const });
    const shown = Number(form.get('version'));
    let hasMoved = false;
    const saved = await faultTold(() =>
      changeRegistry((_, version) => {
        hasMoved = version !== shown;
        return hasMoved ? undefined : state.registry;
      }, typed),
    );
    // What was shown is not what it would be now.
    if (hasMoved) return fail(409, { typed, wrong: [], reason: 'moved' as const });
    await faultTold(async () => (await draftStore()).noteSaved(draft.id, saved.version));
    redirect(303, `/registry/drafts/${draft.id}`);
  },
  resolve: async ({ request, params }) => {
    const { draft, base, current, state } = await foundStanding(params.draft);
    if (state.kind !== 'conflict') redirect(303, `/registry/drafts/${draft.id}`);
    const choices = choicesOf(await request.formData(), state.conflicts);
    const merged = mergeRegistries({ base, mine: draft.registry, theirs: current.registry }, choices);
    if (merged.ok) return keepDraft(current, merged.registry, draft.title);
    const typed = { author: '', reason: '' };
    return fail(422, { typed, wrong: [], reason: 'unchosen' as const });
  },
};

/** One line, as an author's name is; longer. */
function isReason(text: string): boolean {
  return (
    text.length <= LONGEST_REASON &&
    text !== '' &&
    !/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(text)
  );
}
