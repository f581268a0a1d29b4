/**
 * `node scripts/methodology.ts`: writes docs/methodology.md from the modules that calculate, so that the page
 * cannot say another number than the one in force. tests/docs/methodology.test.ts fails while it is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { BALANCE_TOLERANCE } from '../src/lib/energy/balance.ts';
import { COVERAGE_THRESHOLDS, UNRATED_WEIGHT_W } from '../src/lib/energy/coverage.ts';
import {
  defaultLitresPerKWh,
  FACTOR_SETS,
  IPCC_2006_AR6,
  IPCC_2006_DIESEL,
} from '../src/lib/energy/factors.ts';
import * as fuelBalance from '../src/lib/energy/fuel-reconciliation.ts';
import { LOAD_BANDS, RUNNING_ABOVE, SERVICE_INTERVALS_H } from '../src/lib/energy/genset.ts';
import { INTERVAL_MS } from '../src/lib/energy/interval.ts';
import { DEFAULT_SPECIFIC_YIELD, MIN_TREND_POINTS, TREND_MONTHS } from '../src/lib/energy/on-course.ts';
import { DELIVERY_DAYS, PLEDGE_THRESHOLDS } from '../src/lib/energy/pledge.ts';
import { DEFAULT_EXPECTED_INTERVAL_S, longestSilenceMs } from '../src/lib/energy/silence.ts';
import { HEADCOUNT_MAX_AGE_DAYS } from '../src/lib/energy/per-capita.ts';
import { SECRETARIAT_TARGETS, targetOnPath } from '../src/lib/energy/targets.ts';
import { MAX_GAP_FILL } from '../src/lib/energy/what-changed.ts';

const ROOT = join(import.meta.dirname, '..');
export const METHODOLOGY_FILE = join(ROOT, 'docs', 'methodology.md');
const CURVE_SIZES_W = [20_000, 100_000, 500_000];
const CURVE_LOADS = [0.25, 0.5, 0.75, 1];

const percent = (fraction: number): string => `${String(Math.round(fraction * 1000) / 10)} %`;
const integer = (value: number): string => Math.round(value).toLocaleString('en');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The indented lines of a module's first comment: its formulas, where the arithmetic stands too. */
function formulasOf(module: string): string {
  const text = readFileSync(join(ROOT, 'src', 'lib', 'energy', module), 'utf8');
  const comment = text.slice(0, text.indexOf('*/'));
  const formulas = [...comment.matchAll(/^ \* {5}(\S.*)$/gm)].map(([, formula]) => formula ?? '');
  if (formulas.length === 0) throw new Error(`${module} states no formulas in its first comment.`);
  return ['```text', ...formulas, '```'].join('\n');
}

function intervals(): string {
  const longest = longestSilenceMs() / 60_000;
  return `## From readings to energy

Energy is accounted in intervals of ${integer(INTERVAL_MS / 60_000)} minutes, UTC, in whole watt-hours.

- A register beats power. The difference between two values of a register belongs to the time between them,
  spread evenly. Where there is no register, power is integrated (trapezoid), but never across a silence.
- A silence is longer than three times the interval the meter is expected to report in, and than five minutes: for the default of
  ${integer(DEFAULT_EXPECTED_INTERVAL_S)} s, longer than ${integer(longest)} minutes. After it, the register still knows the total: that energy counts and is marked
  _recovered_. Of a meter with power alone, the energy of a silence is unknown, which is not zero. Where a device publishes what changes and nothing else, its profile says how long the last value holds (\`expireAfter\`): until then its power counts as told last, and its silence is none.
- Of every Wh it is kept how it is known: _measured_, _recovered_, _estimated_ or _manual_. A jump that the meter's
  rating cannot explain is _implausible_: shown, and kept out of totals.
- Days and months are those of the mission's own time zone.

Late readings are sorted in: the result depends on the set of readings alone, not on when they came.`;
}

function shares(): string {
  return `## Shares

${formulasOf('share.ts')}

- Energy is counted at the sources' alternating-current meters. Energy is in Wh, shares are 0 to 1.
- Always a ratio of sums, never a mean of percentages. Without energy there is no share, which is not 0.
- A battery and a load stand in neither numerator nor denominator: what was charged from diesel stays diesel.
- Exports are taken from on-site generation in proportion to each interval's mix.
- The renewable fraction of a grid is the camp's or the mission's own, dated, with its source (docs/registry.md).
- Where loads are metered, what the sources delivered is compared with them. A difference of more than
  ${percent(BALANCE_TOLERANCE)} is a finding: a current transformer the wrong way round, a wrong ratio, something counted twice.`;
}

function coverage(): string {
  const { reportable, provisional } = COVERAGE_THRESHOLDS;
  const rows = [
    [`at least ${percent(reportable)}`, '_reportable_'],
    [`at least ${percent(provisional)}`, '_provisional_: ranked, and marked'],
    [`below ${percent(provisional)}`, '_withheld_: shown, not ranked'],
    ['no energy at all', '_no data_'],
  ];
  return `## Coverage

Covered seconds ÷ expected seconds of every source meter in service, each weighted by its rated power (a meter
nobody rated: ${integer(UNRATED_WEIGHT_W / 1000)} kW). What is expected comes from the registry alone, so a mission that is wholly silent
has a coverage of 0, not none.

${table(['coverage', 'the share is'], rows)}

No published standard for field camps was found: these thresholds are this project's own (\`src/lib/energy/coverage.ts\`).`;
}

function targets(): string {
  const years = SECRETARIAT_TARGETS.map(({ year }) => year);
  const first = Math.min(...years);
  const rows = Array.from({ length: Math.max(...years) - first + 1 }, (_, index) => {
    const point = targetOnPath(SECRETARIAT_TARGETS, first + index);
    return [
      String(first + index),
      point === null ? '' : percent(point.pathShare),
      point?.official === true ? 'target' : 'interpolated, not official',
    ];
  });
  return `## Targets

UN Secretariat Climate Action Plan 2020–2030 (adopted September 2019): renewable share of consumed electricity. These
are targets of the Secretariat as a whole. A mission's own, dated, replace them; the years between are a straight line.

${table(['year', 'share', ''], rows)}

**On course?** The share of the trailing twelve months, and the least-squares line through its values at the last
${String(TREND_MONTHS)} month ends (at least ${String(MIN_TREND_POINTS)} of them; only whole years), carried on to the end of the target's year. What is
missing is told in percentage points, in MWh a year at today's consumption, and in kWp of solar at the mission's own
specific yield, or at ${integer(DEFAULT_SPECIFIC_YIELD)} kWh a year per kWp, and then said so, when it has no year of solar of its own.`;
}

function changes(): string {
  return `## What changed

The change of a share between two periods, in percentage points that add up to it:

${formulasOf('what-changed.ts')}

- Energies enter as mean power over the time in service. A bar is the mean of both periods, Δ the later less the earlier. T is what
  was used, V what was made on site less exports, N what grid and diesel delivered together, ψ the grid's part of it, f its
  renewable fraction, P the rated watts of solar and y what each of them gave.
- The midpoint rule for products, Δ(a · b) = ā · Δb + b̄ · Δa, is exact and treats both periods alike (Marshall–Edgeworth weights).
- Diesel delivers what the others leave: by itself it moves the share only where it stands in for the grid.
- All parts but the last compare the periods with their gaps filled: a source is taken to have run alike in the time that was
  not metered, up to ${String(MAX_GAP_FILL)} times what was metered.`;
}

function factors(): string {
  const fuel = IPCC_2006_DIESEL;
  const sets = FACTOR_SETS.map((set) => [
    `\`${set.version}\``,
    set.from <= '1970-01-01' ? 'the beginning' : set.from,
    set.dieselKgCo2PerL.toFixed(3),
    set.dieselKgCo2ePerL.toFixed(3),
    `${set.gwp.name}: CH₄ ${String(set.gwp.ch4)}, N₂O ${String(set.gwp.n2o)}`,
    `${set.source} (${String(set.vintage)})`,
  ]);
  const curves = CURVE_SIZES_W.map((ratedW) => [
    `${integer(ratedW / 1000)} kW`,
    ...CURVE_LOADS.map((load) => defaultLitresPerKWh({ ratedW, meanPowerW: load * ratedW }).toFixed(2)),
  ]);
  return `## Emissions

Litres of diesel × the factor in force on the day. Scope 1: fuel burnt on site.

${table(['version', 'from', 'kg CO₂/L', 'kg CO₂e/L', 'GWP, 100 years', 'source'], sets)}

They follow from ${integer(fuel.co2KgPerTJ)} kg CO₂, ${String(fuel.ch4KgPerTJ)} kg CH₄ and ${String(fuel.n2oKgPerTJ)} kg N₂O per TJ, ${fuel.netCalorificValueTJPerGg.toFixed(1)} TJ/Gg and ${String(fuel.densityKgPerL)} kg/L.
The density moves the result more than the choice of GWP: with ${IPCC_2006_AR6.gwp.name} it would be ${IPCC_2006_AR6.dieselKgCo2ePerL.toFixed(3)} kg CO₂e/L.

Where a set's fuel is not metered, litres are estimated from its energy and load, and every litre is marked so.
Default consumption in L/kWh, straight lines between the points:

${table(['rated', ...CURVE_LOADS.map(percent)], curves)}`;
}

function gensets(): string {
  const { alarmBelow, warnBelow, normalUpTo, warnAbove } = LOAD_BANDS;
  const rows = [
    [`below ${percent(RUNNING_ABOVE)}`, 'off'],
    [`below ${percent(alarmBelow)}`, 'too low: unburnt fuel collects in the exhaust (wet stacking)'],
    [`below ${percent(warnBelow)}`, 'low'],
    [`up to ${percent(normalUpTo)}`, 'normal'],
    [`up to ${percent(warnAbove)}`, 'high'],
    [`above ${percent(warnAbove)}`, 'too high, when it lasts'],
  ];
  return `## Gensets

Load bands, as a share of rated prime power:

${table(['load', 'band'], rows)}

Service by default: oil every ${String(SERVICE_INTERVALS_H.oil)} h, fuel filter every ${String(SERVICE_INTERVALS_H.fuelFilter)} h of running.`;
}

function pledges(): string {
  const { deployedShare, deliveringShare } = PLEDGE_THRESHOLDS;
  const rows = [
    [
      'pledged',
      `less than ${percent(deployedShare)} of the pledged rating stands, and the due date has not passed`,
    ],
    ['overdue', 'the same after the due date'],
    [
      'deployed',
      `it stands, and gave less than ${percent(deliveringShare)} of what is expected in the last ${String(DELIVERY_DAYS)} days`,
    ],
    ['delivering', 'it stands and gave at least that'],
  ];
  return `## Pledges and units

What a contributing unit brought is the energy of the meters of its equipment on the days it was the unit's. A pledge is
followed to the rated power in service today, of the pledged source, of its unit (or of any unit of its country where it
names none); no watt counts for two pledges. What is expected is that rating × its days of service × the mission's own specific yield over
twelve months, for solar without one ${integer(DEFAULT_SPECIFIC_YIELD)} kWh a year per kWp. Both thresholds are this project's own.

${table(['state', 'when'], rows)}`;
}

function fuelAndPeople(): string {
  return `## Fuel reconciliation

${formulasOf('fuel-reconciliation.ts')}

Burnt against expected: ${percent(fuelBalance.BURN_TOLERANCE)}, this project's own. ISO 3046-1 allows a maker 5 % on the consumption declared, and the default curves
are those of a typical set. Issued against burnt: ${percent(fuelBalance.INVENTORY_TOLERANCE_SHARE)} of what was issued and ${integer(fuelBalance.INVENTORY_TOLERANCE_L_PER_MONTH)} L (130 US gallons) a month, as in US EPA 40 CFR 280.43(a)
for tanks. Where one side is not known there is no balance, and it says which.

Deliveries are known by the day, so whole local days are balanced: from the midnight nearest a stock reading to the midnight nearest another, each at most ${String(fuelBalance.MAX_STOCK_OFFSET_DAYS)} days from the period's own end, or else between what the meters of all tanks with a known size told at the period's two midnights. Whoever wrote down one delivery is taken to keep the book from then on. The energy is compared quarter by quarter, at the quarter's mean load, on days on which the set's fuel meter told of any.

## A person a day

${formulasOf('per-capita.ts')}

Withheld, which is not 0, while a camp's newest head count is more than ${String(HEADCOUNT_MAX_AGE_DAYS)} days old at the end of the period: contingents rotate
every six to twelve months. Stating the same number again with a new date confirms it. The threshold is this project's own.`;
}

/** The page as it has to stand in docs/methodology.md. */
export async function methodology(): Promise<string> {
  const intro = `<!-- Written by scripts/methodology.ts from src/lib/energy. Change those modules and run it again. -->

# Methodology

How Bluewatt comes to its numbers: formulas, thresholds, targets and factors as they stand in \`src/lib/energy\`. The
dashboard shows the same at \`/methodology\`.`;
  const page = [
    intro,
    intervals(),
    shares(),
    coverage(),
    targets(),
    changes(),
    pledges(),
    factors(),
    gensets(),
    fuelAndPeople(),
  ].join('\n\n');
  return format(page, { ...(await resolveConfig(METHODOLOGY_FILE)), filepath: METHODOLOGY_FILE });
}

if (process.argv[1] === import.meta.filename) writeFileSync(METHODOLOGY_FILE, await methodology());
