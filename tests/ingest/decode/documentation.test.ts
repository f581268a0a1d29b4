import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { QUANTITIES } from '#lib/energy/quantity.ts';
import { loadProfiles, parseProfile } from '../../../ingest/decode/profile-load.ts';
import { PLAUSIBLE } from '../../../ingest/decode/plausible.ts';
import { decodeSample } from '../../../ingest/decode/sample.ts';
import { UNITS } from '../../../ingest/decode/units.ts';

const page = readFileSync(new URL('../../../docs/devices.md', import.meta.url), 'utf8');

describe('docs/devices.md', () => {
  it('names every bundled profile, every unit and every quantity', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));
    const named = (name: string): boolean => rows.some((row) => row.includes(`\`${name}\``));
    expect(loadProfiles().filter((profile) => !named(profile.name))).toEqual([]);
    expect(QUANTITIES.filter((quantity) => !named(quantity))).toEqual([]);
    const units = new Set(
      page.slice(page.indexOf('\nUnits:'), page.indexOf('refused at start')).split(/[\s`]+/),
    );
    expect(Object.keys(UNITS).filter((unit) => !units.has(unit))).toEqual([]);
  });

  it('tells the bounds that are in force', () => {
    const row = page.split('\n').filter((line) => /^\| `.*\|.*\|.*\|$/.test(line));
    for (const quantity of QUANTITIES) {
      const cells =
        row
          .filter((line) => line.includes(`\`${quantity}\``))
          .at(-1)
          ?.split('|') ?? [];
      const told = [cells.at(-3), cells.at(-2)].map((cell) => numberIn(cell ?? ''));
      expect([quantity, ...told]).toEqual([quantity, PLAUSIBLE[quantity].min, PLAUSIBLE[quantity].max]);
    }
  });

  it('shows a profile that works as it stands', () => {
    const yaml = /```yaml\n(profile: [\s\S]*?)```/.exec(page)?.[1] ?? '';
    const parsed = parseProfile(yaml, 'docs/devices.md');
    if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
    const [sample] = parsed.profile.samples;
    if (sample === undefined) throw new Error('the example has no sample');
    const { readings, rejections } = decodeSample(parsed.profile, sample);
    expect(rejections).toEqual([]);
    expect(readings.map(({ meter, at, values }) => ({ meter: meter.meter, at, ...values }))).toEqual(
      sample.expect.map((each) => ({ ...each, at: Date.parse(each.at ?? '') })),
    );
  });
});

/** `−10¹⁵` → -1e15. */
function numberIn(cell: string): number {
  const text = cell.trim().replace('−', '-');
  const power = /^(-?)10([⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/.exec(text);
  if (power === null) return Number(text);
  const digits = [...(power[2] ?? '')].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(digit)).join('');
  return Number(`${power[1]}1e${digits}`);
}
