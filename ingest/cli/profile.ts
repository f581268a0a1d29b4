/**
 * `npm run profile -- try <file>`: checks a device profile and runs its samples; with `--topic` and `--payload`
 * (text, or `@file`) it shows what the profile makes of a message of one's own. Nothing is connected or stored.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Decoded } from '../decode/message.ts';
import { parseProfile } from '../decode/profile-load.ts';
import type { Profile } from '../decode/profile.ts';
import type { SampleSpec } from '../decode/profile-schema.ts';
import { decodeAlone, sampleMessage } from '../decode/sample.ts';

const USAGE = `Usage: npm run profile -- try <file> [--topic <topic> --payload <text | @file> [--zone <IANA zone>] [--retain]]`;

function main(args: readonly string[]): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      topic: { type: 'string' },
      payload: { type: 'string' },
      zone: { type: 'string' },
      retain: { type: 'boolean' },
    },
  });
  const [command, file] = positionals;
  if (command !== 'try' || file === undefined) {
    console.error(USAGE);
    return 2;
  }
  const parsed = parseProfile(readFileSync(file, 'utf8'), file);
  if (!parsed.ok) {
    console.error(parsed.problems.join('\n'));
    return 1;
  }
  if (values.topic === undefined) return runSamples(parsed.profile);
  const { topic, payload = '', zone = 'UTC', retain = false } = values;
  const bytes = payload.startsWith('@') ? readFileSync(payload.slice(1)) : Buffer.from(payload);
  const message = { topic, payload: bytes, retain, receivedAt: Date.now() };
  console.log(describe(decodeAlone(parsed.profile, message, zone)));
  return 0;
}

/** Prints every sample with its outcome; 1 when one does not say what it expects. */
function runSamples(profile: Profile): number {
  let wrong = 0;
  for (const sample of profile.samples) {
    const decoded = decodeAlone(profile, sampleMessage(sample), sample.zone);
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
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  process.exitCode = 2;
}
