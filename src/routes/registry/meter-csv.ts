/** Meters as a spreadsheet, out and in: what comes in becomes a draft, or is told line by line. */
import { fail } from '@sveltejs/kit';
import { meterRows, readMeterCsv, type CsvProblem } from '#lib/registry/meter-csv.ts';
import { queryContext } from '#lib/server/context.ts';
import { csvResponse } from '../csv-response.ts';
import { keepDraft, versionOf } from './drafting.ts';
import { uploadedText } from './upload.ts';

export async function meterCsv(mission?: string): Promise<Response> {
  const { registry } = await queryContext();
  return csvResponse(mission === undefined ? 'meters' : `meters-${mission}`, meterRows(registry, mission));
}

const NOTHING: CsvProblem = {
  line: 1,
  column: '',
  message: 'Nothing was sent.',
  hint: 'Choose a file, or paste its text.',
};

export async function csvAction(request: Request, mission?: string) {
  const form = await request.formData();
  const text = await uploadedText(form, 'csv');
  const refused = (problems: readonly CsvProblem[]) =>
    fail(422, { csv: text.slice(0, 200_000), csvProblems: problems, form: 'csv' });
  if (text.trim() === '') return refused([NOTHING]);
  const base = await versionOf(Number(form.get('version')));
  const read = readMeterCsv(base.registry, text, mission);
  if (!read.ok) return refused(read.problems);
  return keepDraft(base, read.registry, mission === undefined ? 'meters.csv' : `${mission}/meters.csv`);
}
