/**
 * `npm run profile -- try <file>`: checks a device profile and runs its samples; with `--topic` and `--payload`
 * (text, or `@file`) it shows what the profile makes of a message of one's own. `suggest <topic>` writes a profile for
 * topics that the worker has heard of and nobody reads; `effect <file>` tells which months would read differently by it.
 * Nothing is connected or stored.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Settings } from '#lib/server/settings.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { workerSettings } from '../config.ts';
import type { Decoded } from '../decode/message.ts';
import { installationProfiles, parseProfile } from '../decode/profile-load.ts';
import { profileBook } from '../decode/profile-rules.ts';
import type { Profile } from '../decode/profile.ts';
import type { SampleSpec } from '../decode/profile-schema.ts';
import { decodeAlone, decodeSample } from '../decode/sample.ts';
import { describePreview, previewGrounds } from '../history/registry-preview.ts';
import { openJournal } from '../journal.ts';
import { createGroupFile } from '../onboarding/group-file.ts';
import { suggestionLines } from '../onboarding/suggest/in-words.ts';
import { suggestProfile } from '../onboarding/suggest/suggest.ts';
import { isOfShape, shapeOf } from '../onboarding/topic-shape.ts';

const USAGE = `Usage:
  npm run profile -- try <file> [--topic <topic> --payload <text | @file> [--zone <IANA zone>] [--retain]]
  npm run profile -- effect <file>                                       what its registers would restate
  npm run profile -- suggest <topic> [--answer <question=answer> ...]    the file on standard output`;

const OPTIONS = {
  topic: { type: 'string' },
  payload: { type: 'string' },
  zone: { type: 'string' },
  retain: { type: 'boolean' },
  answer: { type: 'string', multiple: true },
} as const;

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  const [command, subject] = positionals;
  if (command === 'suggest' && subject !== undefined) return suggest(subject, values.answer ?? []);
  if ((command !== 'try' && command !== 'effect') || subject === undefined) {
    console.error(USAGE);
    return 2;
  }
  const parsed = parseProfile(readFileSync(subject, 'utf8'), subject);
  if (!parsed.ok) {
    console.error(parsed.problems.join('\n'));
    return 1;
  }
  if (command === 'effect') return tellEffect(parsed.profile);
  if (values.topic === undefined) return runSamples(parsed.profile);
  const { topic, payload = '', zone = 'UTC', retain = false } = values;
  const bytes = payload.startsWith('@') ? readFileSync(payload.slice(1)) : Buffer.from(payload);
  const message = { topic, payload: bytes, retain, receivedAt: Date.now() };
  console.log(describe(decodeAlone(parsed.profile, message, zone)));
  return 0;
}

/** What accounts would read otherwise by `profile` in place of the one of its name that is in force. */
async function tellEffect(profile: Profile): Promise<number> {
  const settings = settingsOfWorker();
  const registryStore = openRegistryStore(settings.dataDir);
  const { registry } = registryStore.current();
  registryStore.close();
  const before = profileBook(installationProfiles(settings.profilesDir));
  const after = { ...before, ...profileBook([profile]) };
  const preview = await previewGrounds(
    { registry, profiles: before },
    { registry, profiles: after },
    settings,
  );
  console.log(`${profile.name}, against the profile in force:\n${describePreview(preview)}`);
  console.log(`Nothing was written. Put the file into ${settings.profilesDir} to put it in force.`);
  return 0;
}

/** @throws Error with every setting that is wrong, or when no worker ran there */
function settingsOfWorker(): Settings {
  const read = workerSettings();
  if (!read.ok) throw new Error(read.text);
  const { dataDir } = read.settings;
  if (!existsSync(join(dataDir, 'worker.db')))
    throw new Error(`There is no worker.db in ${dataDir} (DATA_DIR): no worker ran here.`);
  return read.settings;
}

/** Writes the profile on standard output, and why on standard error; 1 when there is none to write. */
function suggest(topic: string, answers: readonly string[]): number {
  const journal = openJournal(settingsOfWorker().dataDir);
  const file = createGroupFile(journal);
  const [groups, announced] = [file.read(), file.readAnnouncements()];
  journal.close();
  const { above } = shapeOf(topic);
  const group =
    groups.find(({ shape }) => shape === topic || shape === above) ??
    groups.find(({ shape }) => isOfShape(shape, above));
  if (group === undefined) {
    const heard = groups.map(({ shape, leaves }) => `  ${shape}/${leaves.map(({ name }) => name).join('|')}`);
    console.error(`Nothing was heard that nobody reads on ${topic}. Heard so far:\n${heard.join('\n')}`);
    return 1;
  }
  const suggestion = suggestProfile(
    group,
    announced.map(([, each]) => each),
    answers,
  );
  console.error(suggestionLines(suggestion).join('\n'));
  if (suggestion.yaml === undefined) return 1;
  process.stdout.write(suggestion.yaml);
  return 0;
}

/** Prints every sample with its outcome; 1 when one does not say what it expects. */
function runSamples(profile: Profile): number {
  let wrong = 0;
  for (const sample of profile.samples) {
    const decoded = decodeSample(profile, sample);
    const isRight = meets(sample, decoded);
    if (!isRight) wrong += 1;
    console.log(`${isRight ? 'as expected' : 'NOT AS EXPECTED'}: ${sample.topic}\n${describe(decoded)}`);
  }
  console.log(`${profile.name}: ${profile.samples.length} samples, ${wrong} not as expected`);
  return wrong === 0 ? 0 : 1;
}

function meets(sample: SampleSpec, decoded: Decoded): boolean {
  const reasons = decoded.rejections.map(({ reason }) => reason);
  if (reasons.join() !== (sample.reject ?? []).join()) return false;
  if (decoded.readings.length !== sample.expect.length) return false;
  return sample.expect.every(({ meter, at, ...values }) => {
    const reading = decoded.readings.find((each) => each.meter.meter === meter);
    if (reading === undefined || (at !== undefined && reading.at !== Date.parse(at))) return false;
    const found = Object.entries(reading.values);
    return (
      found.length === Object.keys(values).length && found.every(([name, value]) => values[name] === value)
    );
  });
}

function describe(decoded: Decoded): string {
  const readings = decoded.readings.map(
    ({ meter, at, values }) => `  ${meter.meter} ${new Date(at).toISOString()} ${JSON.stringify(values)}`,
  );
  const rejections = decoded.rejections.map(({ reason, detail }) => `  rejected (${reason}): ${detail}`);
  const lines = [...readings, ...rejections];
  return lines.length === 0 ? '  nothing that this profile reads' : lines.join('\n');
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  process.exitCode = 2;
}
