/** `registry import --dry-run`: what a registry would restate, in words; nothing is written. */
import { overlayOf } from '#lib/energy/correction.ts';
import type { MeterRef } from '#lib/energy/reading.ts';
import { rulesOf, type MeterRules } from '#lib/registry/meter-rules.ts';
import type { Registry } from '#lib/registry/types.ts';
import { openCorrectionStore } from '#lib/server/registry/correction-store.ts';
import {
  previewRestatement,
  type MonthChange,
  type RestatementPreview,
} from '#lib/server/restatement/preview.ts';
import type { Settings } from '#lib/server/settings.ts';
import { planOf, type Grounds } from '../account/restate.ts';
import { installationProfiles } from '../decode/profile-load.ts';
import { profileBook, profileRulesOf } from '../decode/profile-rules.ts';
import { keptFromIn } from '../retention/kept-from.ts';
import { openToRead } from './opened.ts';

/** What putting `after` in force would change. @throws AppError */
export async function previewRegistry(
  before: Registry,
  after: Registry,
  settings: Settings,
): Promise<RestatementPreview> {
  const profiles = profileBook(installationProfiles(settings.profilesDir));
  return previewGrounds({ registry: before, profiles }, { registry: after, profiles }, settings);
}

/** The same where profiles change as well. @throws AppError */
export async function previewGrounds(
  before: Grounds,
  after: Grounds,
  settings: Settings,
): Promise<RestatementPreview> {
  const ofProfile = profileRulesOf(after.registry, after.profiles);
  const correctionStore = openCorrectionStore(settings.dataDir);
  const corrections = correctionStore.current();
  correctionStore.close();
  const ofMeter = Map.groupBy(corrections, ({ meter }) => meter.key);
  const rulesAfter = (meter: MeterRef): MeterRules => {
    const overlay = overlayOf(ofMeter.get(meter.key) ?? []);
    return { ...rulesOf(after.registry, meter, ofProfile(meter)), ...(overlay && { overlay }) };
  };
  const store = await openToRead(settings);
  try {
    const plan = await planOf(before, after, { store, profileRulesOf, corrections });
    return await previewRestatement({
      ...{ store, plan, corrections, rulesAfter },
      ...{ before: before.registry, after: after.registry },
      keptFromDay: keptFromIn(settings.dataDir),
    });
  } finally {
    await store.close();
  }
}

const MONTH = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });

function percent(share: number | null): string {
  return share === null ? 'no share' : `${(share * 100).toFixed(1)} %`;
}

function kWh(wh: number): string {
  return `${Math.round(wh / 1000).toLocaleString('en')} kWh`;
}

function describeMonth({ name, month, before, after }: MonthChange): string {
  const when = MONTH.format(Date.parse(`${month}-01T00:00:00Z`));
  const energy =
    before.totalWh === after.totalWh ? '' : ` (of ${kWh(before.totalWh)} → ${kWh(after.totalWh)})`;
  return `  ${name} ${when}: ${percent(before.renewableShare)} → ${percent(after.renewableShare)} renewable${energy}`;
}

/** The preview for a person, line by line. */
export function describePreview({ meters, camps, months }: RestatementPreview): string {
  if (meters.length === 0 && camps.length === 0) {
    return 'Nothing on record would change: no meter is accounted anew, no ledger rebuilt.';
  }
  const lines =
    months.length === 0
      ? ['No month would read differently.']
      : ['Would read differently:', ...months.map(describeMonth)];
  if (meters.length > 0) lines.push('Accounted anew from readings:');
  for (const { meter, from, to, days } of meters) {
    lines.push(`  ${meter}: ${String(days)} days, ${from} to ${to} (UTC)`);
  }
  lines.push('Ledger rebuilt:');
  for (const { mission, camp, from, to, days } of camps) {
    lines.push(`  ${mission}/${camp}: ${String(days)} days between ${from} and ${to}`);
  }
  return lines.join('\n');
}
