/** Why a device's message has no meter, in sentences that say which line of the registry is missing or wrong. */
import type { MeterRef } from '#lib/energy/reading.ts';
import { slugify } from '#lib/registry/slugify.ts';
import type { CompiledSource, Layout } from './device-source.ts';
import { quoted } from './found.ts';
import type { DeviceRecord } from './profile.ts';
import { templateNames } from './slug.ts';
import type { Captures } from './topic-pattern.ts';

/** What is known of a topic whose messages have no meter. */
interface Route {
  readonly layout: Layout;
  readonly source: CompiledSource | undefined;
  readonly captures: Captures;
}

export function describeMissingLine({ layout, captures }: Route, topic: string): string {
  const { message, pattern } = layout;
  // What the device's own topic says stands as a word; what tells its parts apart stays in braces.
  const words = new Set(pattern.levels.flatMap((level) => (level.kind === 'fixed' ? [] : [level.name])));
  const meter = message.meter.replace(/\{(\w+)\}/g, (braces, name: string) => {
    const value = words.has(name) ? captures.get(name) : undefined;
    return (value === undefined ? undefined : slugify(value)) ?? braces;
  });
  const where = JSON.stringify(deviceTopic(layout, topic));
  const line = `- { profile: ${message.profile.name}, topic: ${where}, mission: …, camp: …, meter: "${meter}" }`;
  return `profile ${message.profile.name} reads the topic ${quoted(topic)}, but no line of the registry's sources says whose meter it is; add ${line}`;
}

/** The part of a topic that names the device: up to the last level that the profile's `meter` takes a name from. */
export function deviceTopic({ message, pattern }: Layout, topic: string): string {
  const names = new Set(templateNames(message.meter));
  const levels = topic.split('/');
  const restLength = levels.length - pattern.levels.length + 1;
  let place = 0;
  let end = 0;
  for (const level of pattern.levels) {
    place += level.kind === 'rest' ? restLength : 1;
    if (level.kind !== 'fixed' && names.has(level.name)) end = place;
  }
  return levels.slice(0, end === 0 ? levels.length : end).join('/');
}

export function describeUnnamed(route: Route, name: string, found: string): string {
  const meter = route.source?.source.meter ?? '';
  return `the device has several parts and this is ${name} ${quoted(found)}; the registry's line says meter ${quoted(meter)} for all of them: put {${name}} into it, e.g. "${meter}-{${name}}"`;
}

export function describeTemplate({ source }: CompiledSource, record: DeviceRecord): string {
  const known = [...record.captures].map(([name, value]) => `{${name}} = ${quoted(value)}`).join(', ');
  const have = known === '' ? 'this message names nothing' : `this message has ${known}`;
  return `the registry's line for ${quoted(source.topic)} says meter ${quoted(source.meter)}, which makes no slug: ${have}`;
}

export function describeCollision(route: Route, record: DeviceRecord, meter: MeterRef): string {
  const names = [...record.captures.keys()].map((name) => `{${name}}`).join(', ');
  return `two things in one message would both be ${meter.key}; tell them apart in the meter ${quoted(route.source?.source.meter ?? '')} with ${names}`;
}
