/**
 * A group of topics nobody reads → a profile to look at: found by shape, names and units of the recorded samples, with
 * reasons, questions and how sure it is. It changes nothing: a person tries it, mends it and saves it.
 */
import type { TopicGroup, TopicLeaf } from '../topic-group.ts';
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
import { documentFormOf, documentLayouts, hintFor, type Made } from './document-layouts.ts';
import { barePlace, type Place } from './places.ts';
import { layoutYaml, profileYaml } from './profile-text.ts';
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
  readonly nothing?: 'binary' | 'sparkplug' | 'gencomm' | 'no-text-known' | 'no-name-known';
}

export function suggestProfile(
  group: TopicGroup,
  announcements: readonly Announcement[],
  answers: Answers = [],
): Suggestion {
  const form = documentFormOf(group);
  const bare = group.leaves.flatMap((leaf) => {
    const place = barePlace(leaf);
    return place === undefined ? [] : [{ leaf, place }];
  });
  const made =
    form === undefined
      ? bareLayout(group, bare, announcements, answers)
      : documentLayouts(form, group, announcements, answers);
  const found = made.filter(({ decision }) => decision.fields.length > 0);
  const decisions = made.map(({ decision }) => decision);
  const reasons = decisions.flatMap((each) => each.reasons);
  const questions = decisions.flatMap((each) => each.questions);
  if (found.length === 0) return nothingFound(group, questions, reasons);
  const samples = found.flatMap(({ samples: of }) => of);
  const yaml = profileYaml({
    name: profileName(group),
    format: form?.format ?? 'scalar',
    layouts: found.map(({ layout }) => layout),
    samples,
  });
  return { yaml, confidence: confidenceOf(decisions), reasons, questions };
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
  const contents = group.leaves.flatMap(({ samples }) => samples.map(({ content }) => content));
  const kinds = new Set(contents.map(({ kind }) => kind));
  const isSparkplug = contents.some((content) => content.kind === 'binary' && content.form === 'sparkplug');
  const binary = isSparkplug ? 'sparkplug' : 'binary';
  const json = contents.some((content) => content.kind === 'json' && isGencomm(content.value))
    ? 'gencomm'
    : 'no-name-known';
  const nothing = kinds.has('json') ? json : kinds.has('text') ? 'no-text-known' : binary;
  return { yaml: undefined, confidence: questions.length > 0 ? 'low' : 'none', reasons, questions, nothing };
}

/** `{ "<serial>": { "P004": { "R003": 75 } } }`: pages and registers of a genset's controller, as a DSE890 publishes them. */
function isGencomm(value: unknown): boolean {
  return membersOf(value).some(([, module]) =>
    membersOf(module).some(
      ([page, registers]) =>
        /^P\d{3}$/.test(page) && membersOf(registers).some(([register]) => /^R\d{3}$/.test(register)),
    ),
  );
}

function membersOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}
