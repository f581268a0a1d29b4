/**
 * Meters read off by hand once a month, as corrections: the mission's local month has this energy, known by hand.
 * The very same figure again changes nothing; another one supersedes it, and both stay on record.
 */
import { monthRange, type InstantRange } from '#lib/energy/calendar.ts';
import type { CorrectionEffect } from '#lib/energy/correction.ts';
import type { MeterRef } from '#lib/energy/reading.ts';
import { problemsOf, type Correction, type NewCorrection } from '#lib/registry/correction.ts';
import { serviceRange } from '#lib/registry/in-service.ts';
import { meterOf } from '#lib/registry/lookup.ts';
import type { Registry } from '#lib/registry/types.ts';
import type { CorrectionStore } from '#lib/server/registry/correction-store.ts';
import type { ClosedDays } from '../closed-range.ts';
import { describeCorrection } from '../correction-words.ts';
import type { CsvRow } from './csv-file.ts';
import {
  FirstLines,
  refused,
  takeRecords,
  type Judged,
  type TakeRows,
  type Taking,
} from './import-signed.ts';
import { registeredMeter } from './named.ts';
import { parseNumber } from './number-cell.ts';
import { cellReader, widthProblem } from './table.ts';

/** Years a correction may lie in; the store refuses more exactly. */
const MONTH = /^20\d{2}-(?:0[1-9]|1[0-2])$/;
const WH_PER_KWH = 1_000;

interface MonthlyParts extends Taking {
  readonly registry: Registry;
  readonly corrections: CorrectionStore;
  /** what was metered and is closed is not replaced */
  readonly closedDays: Pick<ClosedDays, 'problemOf'>;
}

type Replacement = Correction & { readonly effect: Extract<CorrectionEffect, { kind: 'replace' }> };

interface MonthlyReading extends InstantRange {
  readonly meter: MeterRef;
  readonly zone: string;
  readonly energyWh: number;
}

/** Takes rows of `month, mission, camp, meter, kWh`. */
export function monthlyRows(parts: MonthlyParts): TakeRows {
  const { corrections } = parts;
  return async (rows) => {
    const replacements = corrections
      .current()
      .filter((each): each is Replacement => each.effect.kind === 'replace');
    const inForce = Map.groupBy(replacements, ({ meter }) => meter.key);
    const above = new FirstLines();
    const judged: (Judged<NewCorrection> & { readonly row: CsvRow })[] = [];
    for (const row of rows) {
      const found = judge(row, { ...parts, inForce, above });
      judged.push({ row, ...(await unlessClosed(found, parts.closedDays)) });
    }
    return takeRecords(judged, { ...parts, store: corrections });
  };
}

async function unlessClosed(
  judged: Judged<NewCorrection>,
  closedDays: MonthlyParts['closedDays'],
): Promise<Judged<NewCorrection>> {
  const { record, outcome } = judged;
  const problem = record === undefined ? undefined : await closedDays.problemOf(record.meter, record);
  return problem === undefined ? judged : refused(outcome.what, problem);
}

interface Beside extends MonthlyParts {
  readonly inForce: ReadonlyMap<string, readonly Replacement[]>;
  readonly above: FirstLines;
}

function judge(row: CsvRow, beside: Beside): Judged<NewCorrection> {
  const misfit = widthProblem(beside.form, row);
  if (misfit !== undefined) return refused('', misfit);
  const cell = cellReader(beside.form);
  const [mission, camp, meter] = [cell(row, 'mission'), cell(row, 'camp'), cell(row, 'meter')];
  const what = `${mission}/${camp}/${meter} ${cell(row, 'month')} ${cell(row, 'kwh')} kWh`;
  const written = { mission, camp, meter, month: cell(row, 'month'), kWh: cell(row, 'kwh') };
  const read = readMonthly(written, beside);
  if ('problem' in read) return refused(what, read.problem);
  const says = `${String(read.energyWh / WH_PER_KWH)} kWh`;
  const told = beside.above.note(`${read.meter.key} ${written.month}`, { says, what, line: row.line });
  if (told !== undefined) return { outcome: told };
  return compare(read, what, beside.inForce.get(read.meter.key) ?? []);
}

function readMonthly(
  { month, kWh, ...names }: { mission: string; camp: string; meter: string; month: string; kWh: string },
  { registry, form, signature }: Beside,
): MonthlyReading | { readonly problem: string } {
  const found = registeredMeter(registry, names);
  if ('problem' in found) return found;
  const { meter, zone } = found;
  if (!MONTH.test(month)) {
    return { problem: `"${month}" is no month: write 2026-01 (format the column as text, not as a date)` };
  }
  const number = parseNumber(kWh, form.decimalMark);
  if (!number.ok) return { problem: number.problem };
  const whole = monthRange(month, zone);
  const service = serviceRange(meterOf(registry, meter) ?? {}, zone);
  // Spread over days out of service, a part of it would count nowhere.
  const range = { from: Math.max(whole.from, service.from), to: Math.min(whole.to, service.to) };
  if (range.from >= range.to) return { problem: `the meter was not in service in ${month}` };
  const energyWh = Math.round(number.value * WH_PER_KWH);
  const effect = { kind: 'replace', known: 'manual', energyWh } as const;
  const problems = problemsOf({ ...range, effect }, signature.madeAt);
  return problems.length > 0 ? { problem: problems.join(' ') } : { meter, zone, energyWh, ...range };
}

function compare(
  { meter, zone, energyWh, from, to }: MonthlyReading,
  what: string,
  ofMeter: readonly Replacement[],
): Judged<NewCorrection> {
  const rivals = ofMeter.filter((each) => each.from < to && each.to > from);
  const effect = { kind: 'replace', known: 'manual', energyWh } as const;
  const [held] = rivals;
  if (held === undefined) {
    return { outcome: { verdict: 'new', what }, record: { meter, from, to, effect } };
  }
  const named = describeCorrection(held, zone);
  if (rivals.length > 1 || held.from !== from || held.to !== to) {
    const why = `another correction says what holds of a part of it: ${named}. Withdraw it first (npm run corrections)`;
    return { outcome: { verdict: 'differs', what, why } };
  }
  if (held.effect.known === 'manual' && held.effect.energyWh === energyWh) {
    return { outcome: { verdict: 'same', what } };
  }
  // Fuel and the reverse direction that somebody stated for the month still hold.
  const next = { ...held.effect, ...effect };
  return {
    outcome: { verdict: 'changed', what: `${what}, in place of: ${named}` },
    record: { meter, from, to, effect: next, supersedes: held.id },
  };
}
