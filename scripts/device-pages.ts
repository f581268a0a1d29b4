/**
 * `node scripts/device-pages.ts`: writes docs/devices/ from the bundled profiles, one page a profile, so that a page
 * cannot promise what a profile does not read. tests/docs/device-pages.test.ts fails while one is out of date.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { deviceTopic } from '../ingest/decode/unassigned.ts';
import { layoutFor } from '../ingest/decode/device-source.ts';
import { BUNDLED_PROFILES, loadProfiles } from '../ingest/decode/profile-load.ts';
import type { Profile } from '../ingest/decode/profile.ts';
import { targetsOf, type MessageSpec, type WrittenField } from '../ingest/decode/profile-schema.ts';
import { templateNames } from '../ingest/decode/slug.ts';

const ROOT = join(import.meta.dirname, '..');
export const DEVICE_PAGES = join(ROOT, 'docs', 'devices');
const FORMAT_TEXT: Readonly<Record<string, string>> = {
  json: 'one JSON document a message',
  scalar: 'one bare value a topic',
  senml: 'SenML packs',
  influx: 'InfluxDB line protocol',
  sparkplug: 'Sparkplug B (protobuf)',
};

/** Every page as it has to stand in docs/devices/, by file name. */
export async function devicePages(): Promise<ReadonlyMap<string, string>> {
  const profiles = loadProfiles().sort((a, b) => (a.name < b.name ? -1 : 1));
  const pages = new Map(profiles.map((profile) => [`${profile.name}.md`, page(profile)]));
  pages.set('README.md', index(profiles));
  const written = [...pages].map(async ([name, text]): Promise<[string, string]> => {
    const filepath = join(DEVICE_PAGES, name);
    return [name, await format(text, { ...(await resolveConfig(filepath)), filepath })];
  });
  return new Map(await Promise.all(written));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const code = (text: string): string => `\`${text}\``;

function index(profiles: readonly Profile[]): string {
  const rows = profiles.map(({ name, spec }) => [`[${name}](${name}.md)`, spec.devices ?? '']);
  return `${written('ingest/decode/profiles')}

# Devices that Bluewatt reads

How a device gets a line in the registry, and how to write a profile of one's own: [devices](../devices.md).

${table(['profile', 'devices'], rows)}`;
}

function written(source: string): string {
  return `<!-- Written by scripts/device-pages.ts from ${source}. Change the profile and run it again. -->`;
}

function page(profile: Profile): string {
  const { name, spec } = profile;
  const read = spec.messages.filter((message) => message.fields.length > 0);
  return [
    written(`ingest/decode/profiles/${name}.yaml`),
    `# ${name}: ${spec.devices ?? ''}`,
    notes(name),
    `## Connecting it\n\n${connecting(profile)}`,
    `## Topics\n\n${topics(read)}${silentTopics(spec.messages)}`,
    `## What is read\n\n${whatIsRead(read, spec.format)}`,
  ].join('\n\n');
}

/** The comment that the profile begins with: what it takes for granted, and its traps. Indented lines are YAML. */
function notes(name: string): string {
  const lines = readFileSync(join(BUNDLED_PROFILES, `${name}.yaml`), 'utf8').split('\n');
  const comment = lines
    .slice(
      0,
      lines.findIndex((line) => !line.startsWith('#')),
    )
    .map((line) => line.slice(2));
  if (comment.length === 0) throw new Error(`${name}.yaml begins with no comment on its devices.`);
  const parts: string[] = [];
  let wasCode = false;
  for (const line of comment) {
    const isCode = line.startsWith('  ');
    if (isCode !== wasCode) parts.push(isCode ? '\n```yaml' : '```\n');
    // Names in <brackets> would be taken for HTML.
    parts.push(isCode ? line.trim() : line.replace(/(?<!`)<([\w ]+)>/g, '\\<$1\\>'));
    wasCode = isCode;
  }
  return [...parts, ...(wasCode ? ['```'] : [])].join('\n');
}

/** The steps of the profile's `connect`, and a line of the registry with the topic of the first sample. */
function connecting({ name, spec, messages, samples }: Profile): string {
  const sample = samples.find(({ expect }) => expect.length > 0);
  const layout = sample && layoutFor(messages, sample.topic.split('/'));
  if (sample === undefined || layout === undefined) {
    throw new Error(`${name}.yaml has no sample that becomes a reading.`);
  }
  const steps = (spec.connect ?? []).map((step, place) => `${String(place + 1)}. ${step}`);
  const topic = JSON.stringify(deviceTopic(layout, sample.topic));
  const line = `- { profile: ${name}, topic: ${topic}, mission: unmiss, camp: juba-un-house, meter: "${layout.message.meter}" }`;
  const last = `${String(steps.length + 1)}. A line for it under the registry's \`sources\`, for instance:`;
  return `${[...steps, last].join('\n')}\n\n\`\`\`yaml\nsources:\n  ${line}\n\`\`\``;
}

function topics(messages: readonly MessageSpec[]): string {
  const rows = messages.map(({ match, meter, time }) => [
    [match.topic].flat().map(code).join(', '),
    match.subscribe === false ? 'with a line in the registry' : 'by itself',
    [...new Set(templateNames(meter))].map((each) => code(`{${each}}`)).join(', '),
    typeof time === 'object' && time.path !== null ? code(time.path) : 'receipt',
  ]);
  return table(['topic', 'subscribed to', 'names for `meter`', 'time'], rows);
}

function silentTopics(messages: readonly MessageSpec[]): string {
  const silent = messages.filter(({ fields }) => fields.length === 0).flatMap(({ match }) => match.topic);
  return silent.length === 0 ? '' : `\n\nKnown to hold no readings: ${silent.map(code).join(', ')}.`;
}

function whatIsRead(messages: readonly MessageSpec[], formatName: string): string {
  const rows = messages.flatMap(({ fields }) => fields.map(rowOf)).map((row) => row.join('\n'));
  const cells = [...new Set(rows)].map((row) => row.split('\n'));
  const text = `The payload is ${FORMAT_TEXT[formatName] ?? formatName}. Where two lines fill one quantity, the first with a value counts.`;
  return `${text}\n\n${table(['where', 'quantity', 'unit there', 'register', 'means no value'], cells)}`;
}

function rowOf(field: WrittenField): string[] {
  const sums = field.sum?.map(({ path, scale }) => `${path} × ${String(scale ?? 1)}`).join(' + ');
  const conditions = Object.values(field.when ?? {}).flat();
  const where = sums ?? field.path ?? conditions.join(' or ');
  const isAny = field.to === '{quantity}';
  const quantities =
    field.to === '{quantity}'
      ? ['every quantity, by its name']
      : targetsOf({ ...field, to: field.to }).map(code);
  return [
    code(where),
    [...new Set(quantities)].join(', '),
    isAny ? "the quantity's own" : (field.unit ?? "the quantity's own"),
    registerText(field.register, isAny),
    typeof field.sentinel === 'string' ? `the top of ${field.sentinel}` : (field.sentinel ?? []).join(', '),
  ];
}

function registerText(register: WrittenField['register'], isAny: boolean): string {
  const text = typeof register === 'object' ? `wraps at ${String(register.wrap)}` : (register ?? '');
  return isAny && text !== '' ? `${text}, those that count up` : text;
}

if (process.argv[1] === import.meta.filename) {
  rmSync(DEVICE_PAGES, { recursive: true, force: true });
  mkdirSync(DEVICE_PAGES);
  for (const [name, text] of await devicePages()) writeFileSync(join(DEVICE_PAGES, name), text);
  console.log(`${String(readdirSync(DEVICE_PAGES).length)} pages in docs/devices`);
}
