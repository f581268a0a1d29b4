/** A checked profile → the compiled one that decodes. Also the checks that need a profile as a whole. */
import { jsonFormat } from './format-json.ts';
import { influxFormat } from './format-influx.ts';
import { scalarFormat } from './format-scalar.ts';
import { senmlFormat } from './format-senml.ts';
import { sparkplugFormat } from './format-sparkplug.ts';
import { checkCondition, compileCondition } from './conditions.ts';
import { timeReader } from './device-time.ts';
import { keepAliveProblem } from './keep-alive.ts';
import { durationMs } from './presence-schema.ts';
import { checkPresence, compilePresence } from './presence.ts';
import type { Extractor, Format, Profile, ProfileMessage, RegisterDefaults, SpecProblem } from './profile.ts';
import { fieldsOf, targetsOf, type MessageSpec, type ProfileSpec } from './profile-schema.ts';
import { RejectionList } from './rejection-list.ts';
import { templateNames } from './slug.ts';
import { parseJsonPath } from './json-path.ts';
import { captureNames, parseTopicPattern, type TopicPattern } from './topic-pattern.ts';

/** The formats profiles may use. A new one is a module and a line here. */
export const FORMATS: ReadonlyMap<string, Format> = new Map([
  [jsonFormat.name, jsonFormat],
  [scalarFormat.name, scalarFormat],
  [senmlFormat.name, senmlFormat],
  [influxFormat.name, influxFormat],
  [sparkplugFormat.name, sparkplugFormat],
]);

/** What the schema cannot see: patterns, paths, captures that nothing captures. Paths are from the file's top. */
export function checkProfile(spec: ProfileSpec): SpecProblem[] {
  const format = FORMATS.get(spec.format);
  if (format === undefined) return [];
  const messages = spec.messages.flatMap((message, index) =>
    checkMessage(message, format).map((problem) => ({
      ...problem,
      path: ['messages', index, ...problem.path],
    })),
  );
  return [...messages, ...checkPresence(spec.presence ?? []), ...checkKeepAlive(spec)];
}

function checkKeepAlive({ keepAlive, messages, presence = [] }: ProfileSpec): SpecProblem[] {
  if (keepAlive === undefined) return [];
  const topics = [...messages.map(({ match }) => match.topic), ...presence.map(({ topic }) => topic)].flat();
  const captured = new Set(topics.flatMap((text) => patternsIn(text).flatMap(captureNames)));
  const problem = keepAliveProblem(keepAlive, captured);
  return problem === undefined ? [] : [{ path: ['keepAlive', 'topic'], message: problem }];
}

function patternsIn(topic: string): TopicPattern[] {
  const parsed = parseTopicPattern(topic);
  return typeof parsed === 'string' ? [] : parsed;
}

function checkMessage(message: MessageSpec, format: Format): SpecProblem[] {
  const problems: SpecProblem[] = [];
  const captured = new Set(Object.keys(message.defaults ?? {}));
  const topicCaptures = new Set<string>();
  for (const text of [message.match.topic].flat()) {
    const patterns = parseTopicPattern(text);
    if (typeof patterns === 'string') {
      problems.push({ path: ['match', 'topic'], message: `found "${text}": ${patterns}` });
    } else {
      for (const name of patterns.flatMap(captureNames)) topicCaptures.add(name);
    }
  }
  message.fields.forEach((field, index) => {
    // The fields that a written one stands for differ in a quantity's name: what is wrong with one is with all.
    const [first] = fieldsOf(field);
    const found = first === undefined ? [] : format.check(first);
    problems.push(...found.map((each) => ({ ...each, path: ['fields', index, ...each.path] })));
    if (first !== undefined && found.length === 0)
      for (const name of format.captures(first)) captured.add(name);
    for (const name of Object.keys(field.when ?? {})) {
      if (topicCaptures.has(name)) continue;
      problems.push({ path: ['fields', index, 'when', name], message: `the topic captures no {${name}}` });
    }
  });
  // A topic that is wrong captures nothing: one mistake is told once.
  const isRead = message.fields.length > 0;
  const names = problems.length === 0 && isRead ? templateNames(message.meter) : [];
  for (const name of names) {
    if (captured.has(name) || topicCaptures.has(name)) continue;
    problems.push({ path: ['meter'], message: `nothing captures {${name}}, neither the topic nor a path` });
  }
  if (format.hasOwnTime === true && message.time !== undefined) {
    problems.push({ path: ['time'], message: `${format.name} tells its own time: leave it out` });
  }
  if (message.only !== undefined) problems.push(...checkCondition(message.only, topicCaptures));
  if (typeof message.time === 'object' && message.time.path !== null) {
    const path = parseJsonPath(message.time.path);
    if (typeof path === 'string') problems.push({ path: ['time', 'path'], message: path });
  }
  return problems;
}

/** @param spec has passed the schema and {@link checkProfile} */
export function compileProfile(spec: ProfileSpec): Profile {
  const format = FORMATS.get(spec.format);
  if (format === undefined) throw new Error(`format ${spec.format}: the profile was not checked`);
  const messages: ProfileMessage[] = [];
  const profile: Profile = {
    name: spec.profile,
    spec,
    messages,
    registers: registersOf(spec),
    expireAfterMs: spec.expireAfter === undefined ? undefined : durationMs(spec.expireAfter),
    presence: compilePresence(spec.profile, spec.presence ?? []),
    keepAlive: spec.keepAlive,
    samples: spec.samples,
  };
  for (const message of spec.messages) messages.push(compileMessage(profile, message, format));
  return profile;
}

function compileMessage(profile: Profile, message: MessageSpec, format: Format): ProfileMessage {
  const { time } = message;
  const patterns = [message.match.topic].flat().flatMap(patternsIn);
  const timePath = typeof time === 'object' ? time.path : null;
  return {
    profile,
    patterns,
    isSubscribed: message.match.subscribe ?? true,
    meter: message.meter,
    defaults: new Map(Object.entries(message.defaults ?? {})),
    zone: typeof time === 'object' ? time.zone : undefined,
    readTime: timeReader(time),
    condition: message.only && compileCondition(`${profile.name} ${profile.messages.length}`, message.only),
    extract:
      message.fields.length === 0 && format.isFollowed !== true
        ? extractNothing
        : format.extractor(message.fields.flatMap(fieldsOf), timePath),
  };
}

/** For topics that hold no reading: their payloads, which may be of any form, are not looked at. */
const extractNothing: Extractor = () => ({ records: [], rejections: new RejectionList() });

function registersOf(spec: ProfileSpec): RegisterDefaults {
  const registers: { -readonly [Q in keyof RegisterDefaults]: RegisterDefaults[Q] } = {};
  for (const field of spec.messages.flatMap((message) => message.fields.flatMap(fieldsOf))) {
    if (field.register === undefined) continue;
    for (const quantity of targetsOf(field)) registers[quantity] ??= field.register;
  }
  return registers;
}
