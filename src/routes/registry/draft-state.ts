/**
 * Where a draft stands against the registry in force: put together with what others saved meanwhile, in conflict with
 * it, or no registry any more; and what it would change.
 */
import { differencesOf, type Difference } from '#lib/registry/difference.ts';
import { mergeRegistries, type Conflict } from '#lib/registry/merge.ts';
import { meterOf } from '#lib/registry/lookup.ts';
import type { RegistryProblem } from '#lib/registry/parse.ts';
import { versionProblems } from '#lib/registry/parse-factors.ts';
import { pathText } from '#lib/registry/merge.ts';
import type { Registry } from '#lib/registry/types.ts';
import { draftStore, registryVersions } from '#lib/server/context.ts';
import type { QueryContext } from '#lib/server/queries/types.ts';
import type { Draft } from '#lib/server/registry/draft-store.ts';
import type { SavedVersion } from '#lib/server/registry/registry-store.ts';
import type { Version } from './drafting.ts';

export type DraftState =
  | { readonly kind: 'ready'; readonly registry: Registry; readonly differences: readonly Difference[] }
  | { readonly kind: 'conflict'; readonly conflicts: readonly ToldConflict[] }
  | { readonly kind: 'problems'; readonly problems: readonly RegistryProblem[] };

export interface ToldConflict extends Conflict {
  /** the versions that changed it meanwhile, newest first */
  readonly by: readonly SavedVersion[];
}

export interface Standing {
  readonly draft: Draft;
  readonly base: Registry;
  readonly current: Version;
  readonly state: DraftState;
}

/** Undefined for a draft that there is not, or whose version was never saved. @throws AppError */
export async function standingOf(id: string): Promise<Standing | undefined> {
  const draft = (await draftStore()).get(id);
  const versions = await registryVersions();
  const base = draft && versions.at(draft.base);
  if (draft === undefined || base === undefined) return undefined;
  const current = versions.current();
  const merged = mergeRegistries({ base, mine: draft.registry, theirs: current.registry });
  if (merged.ok) {
    const problems = versionProblems(current.registry, merged.registry);
    if (problems.length > 0) return { draft, base, current, state: { kind: 'problems', problems } };
    const differences = differencesOf(current.registry, merged.registry);
    return { draft, base, current, state: { kind: 'ready', registry: merged.registry, differences } };
  }
  const state: DraftState =
    merged.reason === 'problems'
      ? { kind: 'problems', problems: merged.problems }
      : { kind: 'conflict', conflicts: await told(merged.conflicts, draft.base) };
  return { draft, base, current, state };
}

/** Looked back at, newest first: whoever is further back than this is not named. */
const LOOKED_BACK = 50;

async function told(conflicts: readonly Conflict[], base: number): Promise<ToldConflict[]> {
  const versions = await registryVersions();
  const since = versions.list({ limit: LOOKED_BACK }).filter(({ version }) => version > base);
  const touched = since.map((saved) => {
    const [before, after] = [versions.at(saved.version - 1), versions.at(saved.version)];
    const differences = before && after ? differencesOf(before, after) : [];
    return { saved, paths: differences.map(({ path }) => path) };
  });
  const isOn = (path: readonly string[], other: readonly string[]) =>
    path.slice(0, other.length).join('\n') === other.slice(0, path.length).join('\n');
  return conflicts.map((conflict) => ({
    ...conflict,
    by: touched
      .filter(({ paths }) => paths.some((path) => isOn(path, conflict.path)))
      .map(({ saved }) => saved),
  }));
}

/** Choices of the form, by the path's text. */
export function choicesOf(form: FormData, conflicts: readonly Conflict[]): Map<string, 'mine' | 'theirs'> {
  const choices = conflicts.flatMap(({ path }, index): [string, 'mine' | 'theirs'][] => {
    const choice = form.get(`choice-${String(index)}`);
    return choice === 'mine' || choice === 'theirs' ? [[pathText(path), choice]] : [];
  });
  return new Map(choices);
}

const TOLD_METERS = 50;

/** Meters that would no longer be registered under their names, and that published: their readings count nowhere then. */
export async function silencedMeters(
  ctx: QueryContext,
  before: Registry,
  after: Registry,
): Promise<string[]> {
  const isAnyGone = differencesOf(before, after).some(({ after: left }) => left === undefined);
  if (!isAnyGone) return [];
  const seen = await ctx.store.listMeters();
  return seen
    .filter(({ meter }) => meterOf(before, meter) !== undefined && meterOf(after, meter) === undefined)
    .slice(0, TOLD_METERS)
    .map(({ meter }) => meter.key);
}
