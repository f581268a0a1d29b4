/** Emission factors of a registry file: what an organisation reports with in place of the IPCC's, from a date on. */
import { FACTOR_SETS, GWP_NAMES, type OwnFactors } from '../energy/factors.ts';
import type { RegistryProblem, Report } from './document.ts';
import { Fields } from './fields.ts';
import { sortedByDate } from './rules.ts';
import type { Registry } from './types.ts';

const KEYS = ['version', 'from', 'source', 'vintage', 'gwp', 'dieselKgCo2PerL', 'dieselKgCo2ePerL'] as const;

const VERSION = {
  matches: (text: string) => /^[a-z0-9][a-z0-9.-]{0,39}$/.test(text),
  expected: 'the name of a version in small letters, digits, dots and hyphens',
  hint: 'For example defra-2027.',
};
/** A litre of diesel holds about 0.73 kg of carbon; anything far from that is another unit. */
const KG_PER_L = { min: 2, max: 3.5, hint: 'Kilograms a litre of diesel burnt, about 2.68.' };
const VINTAGE = { min: 1990, max: 2100, integer: true, hint: 'The year the factors were published.' };

/** Undefined where the file holds none. */
export function readFactors(fields: Fields, report: Report): OwnFactors[] | undefined {
  const taken = new Set(FACTOR_SETS.map(({ version }) => version));
  const read = fields.list('factors').map((entry) => {
    const set = new Fields(entry, KEYS, report);
    for (const key of KEYS) set.required(key, 'See docs/registry.md.');
    const version = set.textLike('version', VERSION) ?? '';
    if (version !== '' && taken.has(version))
      report.problem(set.place('version'), `There is a version \`${version}\` already.`, ANOTHER_NAME);
    taken.add(version);
    const from = set.date('from') ?? '';
    const co2 = set.number('dieselKgCo2PerL', KG_PER_L) ?? 0;
    const co2e = set.number('dieselKgCo2ePerL', KG_PER_L) ?? 0;
    if (co2e > 0 && co2e < co2)
      report.problem(set.place('dieselKgCo2ePerL'), 'CO₂e cannot be less than the CO₂ in it.', KG_PER_L.hint);
    const value: OwnFactors = {
      version,
      from,
      source: set.text('source') ?? '',
      vintage: set.number('vintage', VINTAGE) ?? 0,
      gwp: set.choice('gwp', GWP_NAMES) ?? 'IPCC AR5',
      dieselKgCo2PerL: co2,
      dieselKgCo2ePerL: co2e,
    };
    return { from, place: entry, value };
  });
  return read.length === 0 ? undefined : sortedByDate(read, report);
}

const ANOTHER_NAME = 'Every figure names the version it was made with: give this one another name.';

/**
 * What is wrong with making `after` of `before`: a version stands in reports that were sent, so its values never change.
 * Other values are another version; one that should not have been can be taken out.
 */
export function versionProblems(before: Registry, after: Registry): RegistryProblem[] {
  return (after.factors ?? []).flatMap((set, index) => {
    const known = before.factors?.find(({ version }) => version === set.version);
    if (known === undefined || KEYS.every((key) => known[key] === set[key])) return [];
    const message = `The values of version \`${set.version}\` are in use and cannot change.`;
    return [{ path: `factors[${String(index)}]`, line: 1, column: 1, message, hint: ANOTHER_NAME }];
  });
}
