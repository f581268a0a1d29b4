/**
 * `npm run corrections`: what holds of a meter instead of what it said: listed, added, withdrawn, each with
 * author and reason; `--dry-run` shows which days change and by how much. A running worker takes a change over
 * within a second or so, a stopped one when it next starts.
 */
import { parseArgs } from 'node:util';
import { parseMeterKey, type MeterRef } from '#lib/energy/reading.ts';
import type { Correction, NewCorrection } from '#lib/registry/correction.ts';
import { meterOf, missionOf } from '#lib/registry/lookup.ts';
import type { Registry } from '#lib/registry/types.ts';
import { openCorrectionStore, type CorrectionStore } from '#lib/server/registry/correction-store.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import type { Settings } from '#lib/server/settings.ts';
import { installationProfiles } from '../decode/profile-load.ts';
import { profileBook, profileRulesOf } from '../decode/profile-rules.ts';
import { describeChanges, describeCorrection } from '../history/correction-words.ts';
import { effectOf, EFFECT_OPTIONS } from '../history/effect-arguments.ts';
import { parseInstant } from '../history/local-instant.ts';
import { currentUser, knownSettings, openToRead, Refused, runCommand } from '../history/opened.ts';
import { openClosedDays } from '../history/closed-range.ts';
import { previewChanges } from '../history/preview.ts';
import { keptFromIn } from '../retention/kept-from.ts';

const USAGE = `Usage:
  npm run corrections                                       those in force
  npm run corrections -- list [--all] [mission/camp/meter]  also those that ended, and how
  npm run corrections -- add mission/camp/meter FROM TO WHAT --reason "..."
  npm run corrections -- withdraw NUMBER --reason "..."

FROM is included, TO is not: 2026-11-01, "2026-11-01 08:30" (both the mission's time), 2026-11-01T06:30:00Z.
WHAT is one of
  exclude [--quantity energyForwardWh]                      leave readings out
  confirm                                                   believe a jump beyond the rating
  scale FACTOR [--fuel]                                     energy (or fuel) counts so many times
  replace [--kwh N] [--reverse-kwh N] [--litres N] [--estimated]   a known figure holds instead
Also: --author NAME (default: you), --supersedes NUMBER, --dry-run`;

const OPTIONS = {
  all: { type: 'boolean' },
  reason: { type: 'string' },
  author: { type: 'string' },
  supersedes: { type: 'string' },
  'dry-run': { type: 'boolean' },
  ...EFFECT_OPTIONS,
} as const;

interface Opened {
  readonly settings: Settings;
  readonly registry: Registry;
  readonly corrections: CorrectionStore;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function parse(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: OPTIONS });
  } catch (error) {
    throw new Refused(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, 2);
  }
}
type Values = ReturnType<typeof parse>['values'];

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parse(args);
  const settings = knownSettings();
  const registryStore = openRegistryStore(settings.dataDir);
  const { registry } = registryStore.current();
  registryStore.close();
  const corrections = openCorrectionStore(settings.dataDir);
  try {
    const opened = { settings, registry, corrections };
    const [command = 'list', ...rest] = positionals;
    switch (command) {
      case 'list':
        list(opened, rest[0], values.all === true);
        return 0;
      case 'add':
        await add(opened, rest, values);
        return 0;
      case 'withdraw':
        await withdraw(opened, rest[0], values);
        return 0;
      default:
        throw new Refused(USAGE, 2);
    }
  } finally {
    corrections.close();
  }
}

function list({ corrections, registry }: Opened, meter: string | undefined, all: boolean): void {
  const shown = (all ? corrections.history() : corrections.current()).filter(
    (each) => meter === undefined || each.meter.key === meter,
  );
  if (shown.length === 0) say('No corrections.');
  for (const each of shown) say(describeCorrection(each, zoneOf(registry, each.meter)));
}

async function add(opened: Opened, positionals: readonly string[], values: Values): Promise<void> {
  const [key = '', from = '', to = '', ...what] = positionals;
  const { registry, corrections } = opened;
  const meter = registeredMeter(registry, key);
  const zone = zoneOf(registry, meter);
  const supersedes = values.supersedes === undefined ? undefined : numberOf(values.supersedes);
  const added: NewCorrection = {
    meter,
    from: instantOf(from, zone),
    to: instantOf(to, zone),
    effect: effectOf(what, values),
    ...(supersedes !== undefined && { supersedes }),
  };
  await refuseClosed(opened, added);
  if (values['dry-run'] === true) {
    const [made] = corrections.try([added], signatureOf(values));
    const rest = corrections.current().filter(({ id }) => id !== supersedes);
    const ended = corrections.current().filter(({ id }) => id === supersedes);
    if (made !== undefined) await preview(opened, meter, [...rest, made], [...ended, made]);
    return;
  }
  const [made] = corrections.add([added], signatureOf(values));
  if (made !== undefined) say(`In force now: ${describeCorrection(made, zone)}`);
}

async function withdraw(opened: Opened, text: string | undefined, values: Values): Promise<void> {
  const { corrections, registry } = opened;
  const id = numberOf(text);
  const found = corrections.current().find((each) => each.id === id);
  if (found !== undefined) await refuseClosed(opened, found);
  if (values['dry-run'] === true) {
    if (found === undefined) throw new Refused(`There is no correction ${String(id)} in force.`);
    const rest = corrections.current().filter((each) => each !== found);
    await preview(opened, found.meter, rest, [found]);
    return;
  }
  const ended = corrections.withdraw(id, signatureOf(values));
  say(`Withdrawn: ${describeCorrection(ended, zoneOf(registry, ended.meter))}`);
}

/** What holds when `after` are in force; `moved` are those that are not in force both before and after. */
async function preview(
  { settings, registry }: Opened,
  meter: MeterRef,
  after: readonly Correction[],
  moved: readonly Correction[],
): Promise<void> {
  const store = await openToRead(settings);
  try {
    const profiles = installationProfiles(settings.profilesDir);
    const profileRules = profileRulesOf(registry, profileBook(profiles))(meter);
    const ofMeter = after.filter((each) => each.meter.key === meter.key);
    const keptFromDay = keptFromIn(settings.dataDir);
    const parts = { store, registry, profileRules, keptFromDay };
    const changes = await previewChanges(meter, ofMeter, moved, parts);
    for (const line of describeChanges(changes)) say(line);
  } finally {
    await store.close();
  }
}

/** @throws Refused when raw readings of the range are gone */
async function refuseClosed(
  { settings }: Opened,
  { meter, from, to }: Pick<Correction, 'meter' | 'from' | 'to'>,
): Promise<void> {
  const closedDays = openClosedDays(settings);
  const problem = await closedDays.problemOf(meter, { from, to }).finally(() => closedDays.close());
  if (problem !== undefined) throw new Refused(`${problem}.`);
}

function registeredMeter(registry: Registry, key: string): MeterRef {
  const meter = parseMeterKey(key);
  if (meter === undefined)
    throw new Refused(`"${key}" names no meter: write mission/camp/meter.\n${USAGE}`, 2);
  if (meterOf(registry, meter) === undefined) {
    throw new Refused(
      `${key} is not in the registry: a correction of it would count nowhere. Register it first.`,
    );
  }
  return meter;
}

function zoneOf(registry: Registry, meter: MeterRef): string {
  return missionOf(registry, meter.mission)?.zone ?? 'UTC';
}

function instantOf(text: string, zone: string): number {
  const result = parseInstant(text, zone);
  if (!result.ok) throw new Refused(result.problem, 2);
  return result.at;
}

function numberOf(text: string | undefined): number {
  if (text === undefined || !/^\d+$/.test(text))
    throw new Refused(`A number is needed, as the list shows it.\n${USAGE}`, 2);
  return Number(text);
}

function signatureOf({ author = currentUser(), reason = '' }: Values) {
  return { author, reason, madeAt: Date.now() };
}

await runCommand(main);
