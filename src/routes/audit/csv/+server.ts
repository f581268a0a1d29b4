/** The record of changes as CSV, a row a value; times in UTC. Newest first, at most {@link MOST_CHANGES}: a period asks for the rest. */
import { withChangeLog } from '#lib/server/context.ts';
import { changeDetails } from '#lib/server/registry/change-details.ts';
import { ask } from '../../ask.ts';
import { csvResponse } from '../../csv-response.ts';
import { askedFor } from '../asked.ts';
import type { RequestHandler } from './$types';

const MOST_CHANGES = 5_000;
const COLUMNS = ['at', 'author', 'thing', 'action', 'number', 'what', 'before', 'after', 'reason'];

export const GET: RequestHandler = ({ url }) =>
  ask(() =>
    withChangeLog((log) => {
      const { filter } = askedFor(url.searchParams);
      const changes = log.list(filter, { limit: MOST_CHANGES, offset: 0 });
      const rows = changes.flatMap((change) => {
        const { at, author, thing, action, number, reason } = change;
        const { values, more } = changeDetails(log.database, change);
        const row = (what: string | null, before: string | null, after: string | null) => [
          new Date(at).toISOString(),
          author,
          thing,
          action,
          number,
          what,
          before,
          after,
          reason,
        ];
        const told = values.map(({ path, before, after }) => row(path, before, after));
        if (more > 0) told.push(row(`… ${String(more)}`, null, null));
        return told.length === 0 ? [row(null, null, null)] : told;
      });
      return csvResponse('changes', [COLUMNS, ...rows]);
    }),
  );
