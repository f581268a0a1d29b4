/** A page's tables, as somebody would copy them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** The first CSV table of `page` that begins with `header`. */
export function tableOfPage(page: string, header: string): string {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const found = [...text.matchAll(/```csv\n([\s\S]*?)```/g)].find(([, table = '']) =>
    table.startsWith(header),
  );
  if (found?.[1] === undefined) throw new Error(`${page} has no table ${header}`);
  return found[1];
}
