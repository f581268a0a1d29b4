/**
 * Who lived where, and from when on, into the registry: one new version of it for a whole file. The same count again
 * changes nothing; another one of the same date takes its place, and the version before stays on record.
 */
import { isRealDate } from '#lib/registry/fields.ts';
import { campOf, missionOf } from '#lib/registry/lookup.ts';
import { PEOPLE } from '#lib/registry/rules.ts';
import type { Headcount, Registry } from '#lib/registry/types.ts';
import type { RegistryStore } from '#lib/server/registry/registry-store.ts';
import type { CsvRow } from './csv-file.ts';
import { FirstLines, refused, type TakenRow, type TakeRows, type Taking } from './import-signed.ts';
import { campProblem, type CampName } from './named.ts';
import { parseNumber } from './number-cell.ts';
import type { Outcome } from './report.ts';
import { cellReader, widthProblem } from './table.ts';

interface Count extends CampName, Headcount {}

interface Counted {
  readonly judged: readonly TakenRow[];
  readonly registry: Registry;
}

/** Judges rows of `from, mission, camp, people` against `registry`; gives it with what can be taken of them. */
export function countRows(
  registry: Registry,
  rows: readonly CsvRow[],
  { form }: Pick<Taking, 'form'>,
): Counted {
  const cell = cellReader(form);
  const above = new FirstLines();
  let counted = registry;
  const judged = rows.map((row) => {
    const misfit = widthProblem(form, row);
    if (misfit !== undefined) return { row, ...refused('', misfit) };
    const [mission, camp, from] = [cell(row, 'mission'), cell(row, 'camp'), cell(row, 'from')];
    const what = `${mission}/${camp} from ${from} ${cell(row, 'people')} people`;
    const problem = campProblem(registry, { mission, camp }) ?? dateProblem(from);
    const number = parseNumber(cell(row, 'people'), form.decimalMark);
    if (problem !== undefined) return { row, ...refused(what, problem) };
    if (!number.ok) return { row, ...refused(what, number.problem) };
    const people = number.value;
    if (!Number.isInteger(people) || people < PEOPLE.min || people > PEOPLE.max) {
      return { row, ...refused(what, `people are a whole number from 0 to ${String(PEOPLE.max)}`) };
    }
    const says = `${String(people)} people`;
    const told = above.note(`${mission}/${camp} ${from}`, { says, what, line: row.line });
    if (told !== undefined) return { row, outcome: told };
    const outcome = compare(registry, { mission, camp, from, people }, what);
    if (outcome.verdict !== 'same') counted = withCount(counted, { mission, camp, from, people });
    return { row, outcome };
  });
  return { judged, registry: counted };
}

/** Saves them as one version. The lines are judged by the registry that they are added to. */
export function headcountRows({
  registryStore,
  signature: { author, reason, madeAt },
  ...taking
}: Taking & { readonly registryStore: RegistryStore }): TakeRows {
  return (rows) => {
    if (taking.isDryRun) return countRows(registryStore.current().registry, rows, taking).judged;
    let judged: readonly TakenRow[] = [];
    registryStore.change(
      (registry) => {
        const counted = countRows(registry, rows, taking);
        ({ judged } = counted);
        return counted.registry;
      },
      { author, reason, savedAt: madeAt },
    );
    return judged;
  };
}

function dateProblem(from: string): string | undefined {
  return isRealDate(from) ? undefined : `"${from}" is no date: write 2026-01-31`;
}

function compare(registry: Registry, { mission, camp, from, people }: Count, what: string): Outcome {
  const held = campOf(registry, mission, camp)?.headcount.find((each) => each.from === from);
  if (held === undefined) return { verdict: 'new', what };
  if (held.people === people) return { verdict: 'same', what };
  return { verdict: 'changed', what: `${what}, in place of ${String(held.people)} people` };
}

/** Ascending by date, as a registry file's are. */
function withCount(registry: Registry, { mission: slug, camp: campSlug, from, people }: Count): Registry {
  const mission = missionOf(registry, slug);
  const camp = campOf(registry, slug, campSlug);
  if (mission === undefined || camp === undefined) return registry;
  const headcount = [...camp.headcount.filter((each) => each.from !== from), { from, people }].sort((a, b) =>
    a.from < b.from ? -1 : 1,
  );
  const camps = { ...mission.camps, [campSlug]: { ...camp, headcount } };
  return { ...registry, missions: { ...registry.missions, [slug]: { ...mission, camps } } };
}
