/** The missions that `m` names, given two to six times, over `from` to `to`: what the page and its CSV both compare. */
import { error } from '@sveltejs/kit';
import { missionOf } from '#lib/registry/lookup.ts';
import { missionsAnswer } from '#lib/server/queries/missions.ts';
import { bad, quoted } from '#lib/server/queries/parameters.ts';
import type { MissionSummary, Period, QueryContext } from '#lib/server/queries/types.ts';
import { readPeriod } from '../period.ts';

export const MAX_COMPARED = 6;

export interface Chosen {
  readonly period: Period;
  /** in the order they were named; none when fewer than two were */
  readonly missions: readonly MissionSummary[];
  /** all that can be chosen */
  readonly all: readonly { readonly mission: string; readonly name: string }[];
}

export async function readChosen(ctx: QueryContext, url: URL): Promise<Chosen> {
  const period = readPeriod(url, ctx.now);
  const slugs = [...new Set(url.searchParams.getAll('m'))];
  for (const slug of slugs) {
    if (missionOf(ctx.registry, slug) !== undefined) continue;
    const { problem } = bad('SLUG_INVALID', 'm', `m is ${quoted(slug)}; expected a mission of the registry.`);
    error(400, { message: problem.message, code: problem.code });
  }
  if (slugs.length > MAX_COMPARED) {
    const text = `m is given ${String(slugs.length)} times; at most ${String(MAX_COMPARED)} missions stand beside each other.`;
    error(400, { message: text, code: 'PARAMETER_REPEATED' });
  }
  const answer = await missionsAnswer(ctx, period);
  const missions = slugs.flatMap((slug) => answer.missions.find(({ mission }) => mission === slug) ?? []);
  return {
    period,
    missions: missions.length < 2 ? [] : missions,
    all: answer.missions
      .map(({ mission, name }) => ({ mission, name }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
