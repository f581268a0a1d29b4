/**
 * The YAML lines that register meters nobody has registered: what is known stands there, what only a person
 * can know is marked `check`. The result is a whole registry file
 * where nothing is registered yet; otherwise it belongs into the exported one, because an import replaces all.
 */
import type { Source } from '#lib/energy/source.ts';
import { campOf, missionOf } from '#lib/registry/lookup.ts';
import type { Registry } from '#lib/registry/types.ts';
import type { ListedMeter } from '#lib/server/queries/meters.ts';

/** A slug that YAML would read as a number, a boolean or null stands in quotes. */
function key(slug: string): string {
  return /^[a-z]/.test(slug) && !/^(y|n|yes|no|on|off|true|false|null|e\d+)$/.test(slug) ? slug : `"${slug}"`;
}

const NAME_SAYS: readonly (readonly [RegExp, Source])[] = [
  [/pv|solar|sun/, 'solar'],
  [/wind|turbine/, 'wind'],
  [/hydro/, 'hydro'],
  [/bat|ess|storage/, 'battery'],
  [/grid|mains|utility/, 'grid'],
  [/load|demand|consum/, 'load'],
  [/gen|diesel|^dg/, 'diesel'],
];

/** What the meter most likely measures, by what it says and how it is called; null when neither tells. */
export function likelySource({ ref, seen }: ListedMeter): Source | null {
  const values = seen?.lastValues ?? {};
  if (values.fuelUsedL !== undefined || values.fuelRateLPerH !== undefined || values.runTimeS !== undefined)
    return 'diesel';
  if (values.stateOfChargePct !== undefined) return 'battery';
  return NAME_SAYS.find(([pattern]) => pattern.test(ref.meter))?.[1] ?? null;
}

function meterLine(listed: ListedMeter): string {
  const source = likelySource(listed) ?? 'diesel';
  const ownership = source === 'grid' ? 'host-grid' : 'un-owned';
  return `          ${key(listed.ref.meter)}: { source: ${source}, ownership: ${ownership}, expectedIntervalS: 60 } # check; add ratedW`;
}

export function registrationLines(unassigned: readonly ListedMeter[], registry: Registry): string {
  const lines = ['missions:'];
  for (const [mission, ofMission] of Map.groupBy(unassigned, ({ ref }) => ref.mission)) {
    const known = missionOf(registry, mission);
    lines.push(`  ${key(mission)}:`, `    name: ${JSON.stringify(known?.name ?? mission)}`);
    lines.push(
      known ? `    zone: ${known.zone}` : '    zone: UTC # check: the time zone, such as Africa/Juba',
    );
    lines.push('    camps:');
    for (const [camp, ofCamp] of Map.groupBy(ofMission, ({ ref }) => ref.camp)) {
      const name = campOf(registry, mission, camp)?.name ?? camp;
      lines.push(`      ${key(camp)}:`, `        name: ${JSON.stringify(name)}`, '        meters:');
      lines.push(...ofCamp.map(meterLine));
    }
  }
  return lines.join('\n');
}
