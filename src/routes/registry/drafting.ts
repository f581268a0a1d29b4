/**
 * From a form to a draft: what was typed becomes a registry by the rules of the file, against the version that the form
 * was made from, and is kept; the draft's page shows what it would change. Nothing is saved here.
 */
import { error, fail, redirect } from '@sveltejs/kit';
import type { Edited, Typed } from '#lib/registry/edit.ts';
import type { Registry } from '#lib/registry/types.ts';
import { draftStore, mayChangeRegistry, registryVersions } from '#lib/server/context.ts';
import { AppError } from '#lib/server/errors.ts';

/** Longer than any field may be; what is typed comes back to the form, so it must not be a novel. */
const LONGEST_TEXT = 1_000;
const FIELDS_MAX = 20_000;

export interface TypedForm {
  readonly typed: Typed;
  /** that it was made from */
  readonly version: number;
}

/** Own keys only, whatever fields are called. */
export function typedForm(form: FormData): TypedForm {
  const entries = [...form].slice(0, FIELDS_MAX).flatMap(([name, value]): [string, string][] =>
    // Browsers send line ends as CRLF.
    typeof value === 'string' ? [[name, value.slice(0, LONGEST_TEXT)]] : [],
  );
  const typed = Object.fromEntries(entries);
  return { typed, version: Number(typed['version']) };
}

export interface Version {
  readonly version: number;
  readonly registry: Registry;
}

/** The version that a form was made from; the one in force where it names none. */
export async function versionOf(version: number): Promise<Version> {
  const versions = await registryVersions();
  const registry = Number.isSafeInteger(version) ? versions.at(version) : undefined;
  return registry === undefined ? versions.current() : { version, registry };
}

/** @throws HttpError 503 with the code of a fault of disk or database */
export async function faultTold<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    console.error(JSON.stringify({ level: 'error', message: 'registry not reached', code: cause.code }));
    error(503, { message: 'The registry does not answer', code: cause.code });
  }
}

/** Keeps a change and goes to its page. @throws Redirect; HttpError 404 where the reader may not make it */
export async function keepDraft(base: Version, registry: Registry, title: string): Promise<never> {
  if (!mayChangeRegistry(base.registry, registry)) error(404, { message: 'Not found' });
  const id = await faultTold(async () =>
    (await draftStore()).add({ base: base.version, registry, title, madeAt: Date.now() }),
  );
  redirect(303, `/registry/drafts/${id}`);
}

/** The action of a form: a draft of what `edit` makes of it, or the form again with all that was typed. */
export async function draftAction(
  request: Request,
  title: string,
  edit: (registry: Registry, typed: Typed) => Edited,
) {
  const { typed, version } = typedForm(await request.formData());
  const base = await faultTold(() => versionOf(version));
  const edited = edit(base.registry, typed);
  if (!edited.ok) return fail(422, { typed, problems: edited.problems, form: typed['form'] ?? '' });
  return keepDraft(base, edited.registry, title);
}
