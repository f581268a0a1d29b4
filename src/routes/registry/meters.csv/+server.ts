/** All meters of the registry as CSV. */
import { ask } from '../../ask.ts';
import { meterCsv } from '../meter-csv.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = () => ask(() => meterCsv());
