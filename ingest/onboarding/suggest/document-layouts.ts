/**
 * Layouts of a suggested profile for messages that hold many values: JSON, SenML packs, line protocol. Last levels whose
 * messages are alike share one layout.
 */
import { isSenml } from '../binary-sample.ts';
import type { TopicGroup, TopicLeaf, TopicSample } from '../topic-group.ts';
import { candidatesOf, type Hint } from './candidate.ts';
import { decide, type Answers, type Decision } from './decide.ts';
import type { Announcement } from './home-assistant.ts';
import { isLineProtocol, linePlaces } from './line-places.ts';
import { timeOf } from './own-time.ts';
import { jsonPlaces, type Place } from './places.ts';
import { layoutYaml, type Layout } from './profile-text.ts';
import { senmlPlaces } from './senml-places.ts';
import { patternOf } from './topic-pattern-of.ts';

export interface Made {
  readonly layout: Layout;
  readonly decision: Decision;
  readonly samples: readonly TopicSample[];
}

/** How a format's messages are told from others, and where their numbers stand. */
interface DocumentForm {
  readonly format: 'json' | 'senml' | 'influx';
  readonly isOf: (content: TopicSample['content']) => boolean;
  readonly placesOf: (leaf: TopicLeaf) => Place[];
  /** undefined where the format has its own */
  readonly timeOf: (leaf: TopicLeaf) => Layout['time'];
  /** whether a field can add several values up */
  readonly canSum: boolean;
}

const none = (): undefined => undefined;
/** Of two with as many topics the first. */
const FORMS: readonly DocumentForm[] = [
  {
    format: 'json',
    isOf: (content) => content.kind === 'json' && !isSenml(content.value),
    placesOf: jsonPlaces,
    timeOf,
    canSum: true,
  },
  {
    format: 'senml',
    isOf: (content) => content.kind === 'json' && isSenml(content.value),
    placesOf: senmlPlaces,
    timeOf: none,
    canSum: false,
  },
  { format: 'influx', isOf: isLineProtocol, placesOf: linePlaces, timeOf: none, canSum: false },
];

/** The form that most of the group's last levels have; undefined where all are bare values or binary. */
export function documentFormOf({ leaves }: TopicGroup): DocumentForm | undefined {
  const counted = FORMS.map((form) => ({
    form,
    count: leaves.filter((leaf) => isOfForm(leaf, form)).length,
  }));
  const [most] = counted.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
  return most?.form;
}

function isOfForm({ samples }: TopicLeaf, { isOf }: DocumentForm): boolean {
  return samples.some(({ content }) => isOf(content));
}

export function documentLayouts(
  form: DocumentForm,
  group: TopicGroup,
  announced: readonly Announcement[],
  answers: Answers,
): Made[] {
  const leaves = group.leaves
    .filter((leaf) => isOfForm(leaf, form))
    .map((leaf) => ({ ...leaf, samples: leaf.samples.filter(({ content }) => form.isOf(content)) }));
  const decided = leaves.map((leaf) => {
    const decision = decide(
      candidatesOf(form.placesOf(leaf), hintFor(leaf, announced)),
      answers,
      form.canSum,
    );
    return { leaf, decision };
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
    const time = form.timeOf(first.leaf);
    const layout = layoutYaml({ topic: pattern.topic, meter, time, fields: decision.fields });
    const newest = alike.flatMap(({ leaf }) => leaf.samples.slice(-1));
    return [{ layout, decision, samples: newest.slice(0, 2) }];
  });
}

export function hintFor(
  leaf: TopicLeaf,
  announced: readonly Announcement[],
): (place: Place) => Hint | undefined {
  const topics = new Set(leaf.samples.map(({ topic }) => topic));
  const mine = announced.filter(({ stateTopic }) => topics.has(stateTopic));
  return ({ path }) => mine.find((each) => each.path === path || (each.path === '' && path === leaf.name));
}
