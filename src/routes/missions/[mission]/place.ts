/** The camp that a mission's export is narrowed to by `camp`, as the camp's own history page links it. */
import { error } from '@sveltejs/kit';
import { parseSlug } from '#lib/server/queries/parameters.ts';
import type { Place } from './energy-page.ts';

export function readPlace(mission: string, url: URL): Place {
  const camp = parseSlug(url.searchParams, 'camp');
  if (!camp.ok) error(400, { message: camp.problem.message, code: camp.problem.code });
  return { mission, camp: camp.value };
}

/** `mission` or `mission-camp`, for a file's name. */
export function placeName({ mission, camp }: Place): string {
  return camp === undefined ? mission : `${mission}-${camp}`;
}
