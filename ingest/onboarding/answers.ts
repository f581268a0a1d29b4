/**
 * What the worker answers about devices nobody has told it of: the groups, one group with a suggested profile, and what
 * a profile somebody is writing would make of it. Answers only: saving is the dashboard's.
 */
import type { Profile } from '../decode/profile.ts';
import type { Discovery, ListedGroup } from './discovery.ts';
import type { Answers } from './suggest/decide.ts';
import { suggestProfile, type Suggestion } from './suggest/suggest.ts';
import { triedOn, tryProfile, type TriedProfile } from './try-profile.ts';

export interface AnswerParts {
  readonly discovery: Pick<Discovery, 'list' | 'announcements'>;
  readonly profiles: () => readonly Profile[];
  /** which way messages of unknown topics come: all of them, those that are overheard, or only those subscribed to */
  readonly hearing: () => 'all' | 'listening' | 'refused' | 'off';
}

export interface GroupAnswer {
  readonly group: ListedGroup;
  readonly suggestion: Suggestion;
  /** the suggestion, or the profile that reads the topics already, on the recorded samples; null where there is neither */
  readonly tried: TriedProfile | null;
  /** profiles that exist, whose place one of the same name would take */
  readonly profiles: readonly string[];
}

const ANSWERS_MAX = 50;

/** The answer to a request as JSON, or undefined for an address that is another's. */
export function answerOnboarding(
  parts: AnswerParts,
  request: {
    readonly path: string;
    readonly search: URLSearchParams;
    readonly body: string;
    readonly now: number;
  },
): unknown {
  const groups = () => parts.discovery.list(request.now);
  const named = (shape: string | null) => groups().find((group) => group.shape === shape);
  switch (request.path) {
    case '/onboarding':
      return { hearing: parts.hearing(), groups: groups() };
    case '/onboarding/group': {
      const group = named(request.search.get('shape'));
      return group === undefined
        ? { group: null }
        : groupAnswer(parts, group, request.search.getAll('a').slice(0, ANSWERS_MAX));
    }
    case '/onboarding/try': {
      const asked = bodyOf(request.body);
      return asked === undefined ? { ok: false, problems: [] } : tryProfile(asked.yaml, named(asked.shape));
    }
    default:
      return undefined;
  }
}

function groupAnswer(parts: AnswerParts, group: ListedGroup, answers: Answers): GroupAnswer {
  const profiles = parts.profiles();
  const known = profiles.find(({ name }) => name === group.profile);
  const suggestion = suggestProfile(group, parts.discovery.announcements(), answers);
  const tried =
    known !== undefined
      ? triedOn(known, group)
      : suggestion.yaml === undefined
        ? null
        : tryProfile(suggestion.yaml, group);
  return { group, suggestion, tried, profiles: profiles.map(({ name }) => name).sort() };
}

function bodyOf(body: string): { shape: string; yaml: string } | undefined {
  try {
    const { shape, yaml } = JSON.parse(body) as { shape?: unknown; yaml?: unknown };
    return typeof shape === 'string' && typeof yaml === 'string' ? { shape, yaml } : undefined;
  } catch {
    return undefined;
  }
}
