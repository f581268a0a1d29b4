/**
 * What a camp's devices may do at a broker, as the registry and the profiles of its lines say it: publish what is theirs
 * (`camp-topics.ts`), and hear what they have to be asked. Both brokers go by it: the embedded one at every message, and the
 * access list written for Mosquitto.
 */
import { campTopics, chosenPrefix, type CampRef, type CampTopics } from '#lib/registry/camp-topics.ts';
import { covers, isTopicFilter, meet } from '#lib/registry/mqtt-filter.ts';
import type { DeviceSource, Registry } from '#lib/registry/types.ts';
import { requestTopic } from '../decode/keep-alive.ts';
import type { Profile } from '../decode/profile.ts';

export interface CampRights extends CampTopics {
  /** filters of what the camp's devices may hear */
  readonly hears: readonly string[];
}

const SPARKPLUG = 'spBv1.0';
/** A primary host's state, by both forms of the specification: an edge node waits for it. */
export const HOST_STATES = [`${SPARKPLUG}/STATE/+`, 'STATE/+'];

export function campRights(registry: Registry, profiles: readonly Profile[], ref: CampRef): CampRights {
  const topics = campTopics(registry, ref);
  if (topics.own.length === 0) return { ...topics, hears: [] };
  const lines = registry.sources.filter(({ mission, camp }) => mission === ref.mission && camp === ref.camp);
  const asked = lines.flatMap((line) => requestsTo(line, profiles));
  // Some devices wait for commands beside what they publish.
  return { ...topics, hears: [...new Set([`${chosenPrefix(ref)}/#`, ...asked])] };
}

/** Whether a device may hear all that `filter` brings; a plain topic is the filter of itself. */
export function mayHear({ hears, others }: Pick<CampRights, 'hears' | 'others'>, filter: string): boolean {
  if (!isTopicFilter(filter)) return false;
  return (
    hears.some((wide) => covers(wide, filter)) && !others.some((other) => meet(other, filter) !== undefined)
  );
}

/** What Bluewatt publishes to the devices of a line: a keep-alive, or the request to be born again. */
function requestsTo({ topic, profile: name }: DeviceSource, profiles: readonly Profile[]): string[] {
  const levels = topic.split('/');
  const [first, group, , node = '+'] = levels;
  if (first === SPARKPLUG) {
    if (group === undefined || isOpen(group)) return HOST_STATES;
    return [`${SPARKPLUG}/${group}/NCMD/${isOpen(node) ? '+' : node}`, ...HOST_STATES];
  }
  const profile = profiles.find((each) => each.name === name);
  const request = profile && requestTopic(profile, levels);
  return request === undefined ? [] : [request];
}

function isOpen(level: string): boolean {
  return /[+#{}]/.test(level);
}
