/** What benchmarks hand back, and how it is shown: a table for people, or JSON. */
import { median } from './measure.ts';

export interface Figure {
  readonly name: string;
  readonly unit: string;
  /** one value a round */
  readonly values: readonly number[];
}

export interface Result {
  readonly scenario: string;
  /** one sentence: what ran, at which size */
  readonly title: string;
  readonly figures: readonly Figure[];
  readonly notes: readonly string[];
}

export interface BenchOptions {
  readonly messages: number;
  readonly rounds: number;
  /** all there would be in the store, not only what is asked for */
  readonly isWhole?: boolean;
  /** a folder for CPU profiles of the worker */
  readonly profileDir?: string;
  /** a dashboard of Grafana's, open to anybody, to be loaded beside ours */
  readonly grafanaUrl?: string;
}

/** The figures of several rounds, by name, in the order of the first round. */
export function figuresOf(
  rounds: readonly Readonly<Record<string, number>>[],
  units: Readonly<Record<string, string>>,
): Figure[] {
  return Object.keys(rounds[0] ?? {}).map((name) => ({
    name,
    unit: units[name] ?? '',
    values: rounds.map((round) => round[name] ?? NaN),
  }));
}

export function describeResult({ scenario, title, figures, notes }: Result): string {
  const width = Math.max(...figures.map(({ name }) => name.length));
  const lines = figures.map(({ name, unit, values }) => {
    const all = values.length > 1 ? `   (${values.map(shown).join(', ')})` : '';
    return `  ${name.padEnd(width)}  ${shown(median(values)).padStart(10)} ${unit}${all}`;
  });
  return [`\n${scenario}: ${title}`, ...lines, ...notes.map((note) => `  ${note}`)].join('\n');
}

function shown(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
