/** An administrator's question: who changed what, when and why? */
import { withChangeLog } from '#lib/server/context.ts';
import { changeDetails } from '#lib/server/registry/change-details.ts';
import { ask } from '../ask.ts';
import { askedFor, toQuery } from './asked.ts';
import type { PageServerLoad } from './$types';

const ON_A_PAGE = 50;

export const load: PageServerLoad = ({ url }) =>
  ask(() => {
    const { asked, filter } = askedFor(url.searchParams);
    return withChangeLog((log) => {
      const count = log.count(filter);
      const pages = Math.max(1, Math.ceil(count / ON_A_PAGE));
      const typed = Number(url.searchParams.get('page') ?? 1);
      const page = Number.isInteger(typed) ? Math.min(pages, Math.max(1, typed)) : 1;
      const changes = log.list(filter, { limit: ON_A_PAGE, offset: (page - 1) * ON_A_PAGE });
      return {
        asked,
        count,
        page,
        pages,
        query: toQuery(asked),
        changes: changes.map((change) => ({ ...change, ...changeDetails(log.database, change) })),
      };
    });
  });
