/**
 * A group of topics nobody reads → a profile to look at: found by shape, names and units of the recorded samples, with
 * reasons, questions and how sure it is. It changes nothing: a person tries it, mends it and saves it.
 */
import { parseRfc3339 } from '../../decode/rfc3339.ts';
import type { TopicGroup, TopicLeaf, TopicSample } from '../topic-group.ts';
import { candidatesOf, type Hint } from './candidate.ts';
import {
  decide,
  type Answers,
  type Decision,
  type Question,
  type Reason,
  type SuggestedField,
} from './decide.ts';
import type { Announcement } from './home-assistant.ts';
import { barePlace, jsonPlaces, type Place } from './places.ts';
import { layoutYaml, profileYaml, type Layout } from './profile-text.ts';
import { patternOf, profileName } from './topic-pattern-of.ts';

/** `high`: power or a register, every unit told by name, neighbour or announcement; `medium`: a unit by its size; `low`: something is open; `none`: nothing was found. */
export type Confidence = 'high' | 'medium' | 'low' | 'none';

export interface Suggestion {
  /** a whole profile file, without samples when nothing was found */
  readonly yaml: string | undefined;
  readonly confidence: Confidence;
  readonly reasons: readonly Reason[];
  readonly questions: readonly Question[];
  /** why nothing was found */
  readonly nothing?: 'binary' | 'no-text-known' | 'no-name-known';
}

export function suggestProfile(
  group: TopicGroup,
  announcements: readonly Announcement[],
  answers: Answers = [],
): Suggestion {
  const json = group.leaves.filter((leaf) => leaf.samples.some(({ content }) => content.kind === 'json'));
  const bare = group.leaves.flatMap((leaf) => {
    const place = json.includes(leaf) ? undefined : barePlace(leaf);
    return place === undefined ? [] : [{ leaf, place }];
  });
  const made =
    json.length > 0
      ? jsonLayouts(group, json, announcements, answers)
      : bareLayout(group, bare, announcements, answers);
  const found = made.filter(({ decision }) => decision.fields.length > 0);
  const decisions = made.map(({ decision }) => decision);
  const reasons = decisions.flatMap((each) => each.reasons);
  const questions = decisions.flatMap((each) => each.questions);
  if (found.length === 0) return nothingFound(group, questions, reasons);
  const samples = found.flatMap(({ samples: of }) => of);
  const format = json.length > 0 ? ('json' as const) : ('scalar' as const);
  const yaml = profileYaml({
    name: profileName(group),
    format,
    layouts: found.map(({ layout }) => layout),
    samples,
  });
  return { yaml, confidence: confidenceOf(decisions), reasons, questions };
}

interface Made {
  readonly layout: Layout;
  readonly decision: Decision;
  readonly samples: readonly TopicSample[];
}

function jsonLayouts(
  group: TopicGroup,
  leaves: readonly TopicLeaf[],
  announced: readonly Announcement[],
  answers: Answers,
): Made[] {
  const decided = leaves.map((leaf) => {
    const places = jsonPlaces(leaf);
    const decision = decide(candidatesOf(places, hintFor(leaf, announced)), answers, true);
    return { leaf, places, decision };
  });
  const signature = ({ fields }: Decision): string =>
    JSON.stringify(fields.map(({ to, places }) => [to, places.map(({ path }) => path)]));
  return [...Map.groupBy(decided, ({ decision }) => signature(decision)).values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const { decision } = first;
    const hasPart = decision.fields.some(({ places }) => places.some(({ hasCapture }) => hasCapture));
    const names = alike.map(({ leaf }) => leaf.name);
    const pattern = patternOf(group, names);
    const meter = hasPart ? `${pattern.meter}-{part}` : pattern.meter;
    const time = timeOf(first.leaf);
    const layout = layoutYaml({ topic: pattern.topic, meter, time, fields: decision.fields });
    const newest = alike.flatMap(({ leaf }) =>
      leaf.samples.filter(({ content }) => content.kind === 'json').slice(-1),
    );
    return [{ layout, decision, samples: newest.slice(0, 2) }];
  });
}

function bareLayout(
  group: TopicGroup,
  bare: readonly { leaf: TopicLeaf; place: Place }[],
  announced: readonly Announcement[],
  answers: Answers,
): Made[] {
  const usable = bare.filter(({ leaf }) => !/[{}|=+#]/.test(leaf.name));
  const hint = (place: Place): Hint | undefined => {
    const leaf = usable.find((each) => each.place === place)?.leaf;
    return leaf && hintFor(leaf, announced)(place);
  };
  const decision = decide(
    candidatesOf(
      usable.map(({ place }) => place),
      hint,
    ),
    answers,
    false,
  );
  const names = decision.fields.flatMap(({ places }) => places.map(({ path }) => path));
  const pattern = patternOf(group, names, true);
  const layout = layoutYaml({
    topic: pattern.topic,
    meter: pattern.meter,
    time: undefined,
    fields: decision.fields,
    isBare: true,
  });
  const samples = usable
    .filter(({ leaf }) => names.includes(leaf.name))
    .flatMap(({ leaf }) => leaf.samples.slice(-1));
  return [{ layout, decision, samples }];
}

function hintFor(leaf: TopicLeaf, announced: readonly Announcement[]): (place: Place) => Hint | undefined {
  const topics = new Set(leaf.samples.map(({ topic }) => topic));
  const mine = announced.filter(({ stateTopic }) => topics.has(stateTopic));
  return ({ path }) => mine.find((each) => each.path === path || (each.path === '' && path === leaf.name));
}

const TIME_NAMES = new Set('ts time timestamp datetime date at t epoch time_stamp utc last_seen'.split(' '));
const TIME_OFF_MAX_MS = 86_400_000;

/** A time of the device's that every sample tells, and that is about when the sample came. */
function timeOf({ samples }: TopicLeaf): Layout['time'] {
  const objects = samples.flatMap(({ content, receivedAt, retain }) =>
    content.kind === 'json' && !Array.isArray(content.value) && !retain
      ? [{ receivedAt, value: content.value as Readonly<Record<string, unknown>> }]
      : [],
  );
  const [first] = objects;
  if (first === undefined) return undefined;
  for (const key of Object.keys(first.value)) {
    if (!TIME_NAMES.has(key.toLowerCase())) continue;
    for (const [format, read] of TIME_FORMS) {
      const isRight = objects.every(
        ({ value, receivedAt }) => Math.abs(read(value[key]) - receivedAt) < TIME_OFF_MAX_MS,
      );
      if (isRight) return { path: `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, format };
    }
  }
  return undefined;
}

const TIME_FORMS: readonly (readonly ['unix-s' | 'unix-ms' | 'rfc3339', (told: unknown) => number])[] = [
  ['unix-s', (told) => (typeof told === 'number' ? told * 1_000 : NaN)],
  ['unix-ms', (told) => (typeof told === 'number' ? told : NaN)],
  ['rfc3339', (told) => (typeof told === 'string' ? parseRfc3339(told) : NaN)],
];

function confidenceOf(decisions: readonly Decision[]): Confidence {
  const fields: SuggestedField[] = decisions.flatMap((each) => [...each.fields]);
  const isMetered = fields.some(({ to }) => to === 'activePowerW' || to === 'energyForwardWh');
  const isOpen = decisions.some(({ questions }) => questions.some(({ answer }) => answer === undefined));
  if (!isMetered || isOpen) return 'low';
  const bySize: readonly Reason['code'][] = ['usual-unit', 'power-time', 'volt-ampere'];
  return decisions.some(({ reasons }) => reasons.some(({ code }) => bySize.includes(code)))
    ? 'medium'
    : 'high';
}

function nothingFound(
  group: TopicGroup,
  questions: readonly Question[],
  reasons: readonly Reason[],
): Suggestion {
  const kinds = new Set(group.leaves.flatMap(({ samples }) => samples.map(({ content }) => content.kind)));
  const nothing = kinds.has('json') ? 'no-name-known' : kinds.has('text') ? 'no-text-known' : 'binary';
  return { yaml: undefined, confidence: questions.length > 0 ? 'low' : 'none', reasons, questions, nothing };
}
