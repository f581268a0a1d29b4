/** A table handed out as a CSV file. */
import { toCsv, type Cell } from '#lib/format/csv.ts';

/** `name` without `.csv`; of slugs, dates and hyphens only. */
export function csvResponse(name: string, rows: readonly (readonly Cell[])[]): Response {
  return new Response(toCsv(rows), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${name}.csv"`,
    },
  });
}
