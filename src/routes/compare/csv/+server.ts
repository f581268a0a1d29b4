/** The comparison as CSV, a row a figure and a column a mission, unrounded; a figure nobody knows is an empty cell. */
import { error } from '@sveltejs/kit';
import { COMPARE_GROUPS } from '#lib/components/compare/compare-rows.ts';
import { ask } from '../../ask.ts';
import { csvResponse } from '../../csv-response.ts';
import { readChosen } from '../chosen.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = ({ url }) =>
  ask(async (ctx) => {
    const { period, missions } = await readChosen(ctx, url);
    if (missions.length === 0)
      error(400, {
        message: 'm names fewer than two missions; give it two to six times.',
        code: 'PARAMETER_MISSING',
      });
    const row = (key: string, pick: (mission: (typeof missions)[number]) => string | number | null) => [
      key,
      ...missions.map(pick),
    ];
    return csvResponse(`compare-${period.from}-${period.to}`, [
      row('figure', ({ mission }) => mission),
      row('from', () => period.from),
      row('to', () => period.to),
      row('factor_set', ({ factorSet }) => factorSet),
      row('renewable_share', ({ renewableShare }) => renewableShare),
      row('gap_pp', ({ gapPp }) => gapPp),
      row('coverage', ({ coverage }) => coverage),
      row('status', ({ status }) => status),
      ...COMPARE_GROUPS.flatMap(({ rows }) => rows).map(({ key, value }) => row(key, value)),
      row('per_person_withheld', ({ perCapita }) => perCapita.withheld),
    ]);
  });
