/**
 * `npm run fuel`: what people wrote down of deliveries and of what is in the tanks: listed, and withdrawn with
 * author and reason. They are added by `npm run import`, and by the form on a camp's history page.
 */
import { parseArgs } from 'node:util';
import { missionOf } from '#lib/registry/lookup.ts';
import type { Registry } from '#lib/registry/types.ts';
import { openFuelRecordStore, type FuelRecordStore } from '#lib/server/registry/fuel-record-store.ts';
import { openRegistryStore } from '#lib/server/registry/registry-store.ts';
import { describeFuel } from '../history/fuel-words.ts';
import { currentUser, knownSettings, Refused, runCommand } from '../history/opened.ts';

const USAGE = `Usage:
  npm run fuel                               deliveries and stocks in force
  npm run fuel -- list [--all] [mission/camp]  also those that ended, and how
  npm run fuel -- withdraw NUMBER --reason "..." [--author NAME]
Deliveries and stocks are added by npm run import (docs/import.md).`;

const OPTIONS = {
  all: { type: 'boolean' },
  reason: { type: 'string' },
  author: { type: 'string' },
} as const;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function parse(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: OPTIONS });
  } catch (error) {
    throw new Refused(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, 2);
  }
}

function main(args: string[]): Promise<number> {
  const { values, positionals } = parse(args);
  const { dataDir } = knownSettings();
  const registryStore = openRegistryStore(dataDir);
  const { registry } = registryStore.current();
  registryStore.close();
  const fuel = openFuelRecordStore(dataDir);
  try {
    const [command = 'list', argument, ...more] = positionals;
    if (more.length > 0) throw new Refused(USAGE, 2);
    if (command === 'list') list(fuel, registry, { camp: argument, all: values.all === true });
    else if (command === 'withdraw') {
      const { author = currentUser(), reason = '' } = values;
      const ended = fuel.withdraw(numberOf(argument), { author, reason, madeAt: Date.now() });
      say(`Withdrawn: ${describeFuel(ended, zoneOf(registry, ended.mission))}`);
    } else throw new Refused(USAGE, 2);
  } finally {
    fuel.close();
  }
  return Promise.resolve(0);
}

function list(
  fuel: FuelRecordStore,
  registry: Registry,
  { camp, all }: { camp: string | undefined; all: boolean },
): void {
  const shown = (all ? fuel.history() : fuel.current()).filter(
    (each) => camp === undefined || `${each.mission}/${each.camp}` === camp,
  );
  if (shown.length === 0) say('No deliveries or stocks.');
  for (const each of shown) say(describeFuel(each, zoneOf(registry, each.mission)));
}

function zoneOf(registry: Registry, mission: string): string {
  return missionOf(registry, mission)?.zone ?? 'UTC';
}

function numberOf(text: string | undefined): number {
  if (text === undefined || !/^\d+$/.test(text)) {
    throw new Refused(`A number is needed, as the list shows it.\n${USAGE}`, 2);
  }
  return Number(text);
}

await runCommand(main);
