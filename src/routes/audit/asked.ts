/** Which changes were asked for: a reader for page and CSV. What cannot be read filters nothing. */
import { isAuditedThing, type AuditedThing } from '#lib/registry/audited.ts';
import { isRealDate } from '#lib/registry/fields.ts';
import type { ChangeFilter } from '#lib/server/registry/change-log.ts';

const DAY_MS = 86_400_000;
const LONGEST_NAME = 100;

export interface Asked {
  /** days of UTC, '' where none; `to` inclusive */
  readonly from: string;
  readonly to: string;
  readonly author: string;
  readonly thing: AuditedThing | '';
}

export function askedFor(search: URLSearchParams): { asked: Asked; filter: ChangeFilter } {
  const date = (name: string): string => {
    const text = search.get(name) ?? '';
    return isRealDate(text) ? text : '';
  };
  const thing = search.get('thing') ?? '';
  const asked: Asked = {
    from: date('from'),
    to: date('to'),
    author: (search.get('author') ?? '').trim().slice(0, LONGEST_NAME),
    thing: isAuditedThing(thing) ? thing : '',
  };
  return {
    asked,
    filter: {
      ...(asked.from !== '' && { from: Date.parse(asked.from) }),
      ...(asked.to !== '' && { to: Date.parse(asked.to) + DAY_MS }),
      ...(asked.author !== '' && { author: asked.author }),
      ...(asked.thing !== '' && { thing: asked.thing }),
    },
  };
}

/** The same question as part of an address. */
export function toQuery(asked: Asked): string {
  const said = Object.entries(asked).filter(([, text]) => text !== '') as [string, string][];
  return new URLSearchParams(said).toString();
}
