/**
 * How every endpoint of /api/v1 answers: JSON, never cached, because an hour's late readings may change any
 * period; and in case of trouble `{ error: { code, message, field } }` with a status that fits.
 */
import { json } from '@sveltejs/kit';
import { AppError } from '#lib/server/errors.ts';
import type { ParameterProblem } from '#lib/server/queries/parameters.ts';

const NO_STORE = { 'cache-control': 'no-store' };

interface ApiProblem {
  readonly code: string;
  readonly message: string;
  /** the parameter that is to blame; null when none is */
  readonly field: string | null;
}

function problemResponse(status: number, { code, message, field }: ApiProblem): Response {
  return json({ error: { code, message, field } }, { status, headers: NO_STORE });
}

export function badParameter(problem: ParameterProblem): Response {
  return problemResponse(400, problem);
}

/** 404, also for a camp that a known mission does not have. */
export function unknownMission(mission: string, camp?: string): Response {
  const known = 'GET /api/v1/missions lists what is registered.';
  const [code, field, name] =
    camp === undefined
      ? ['MISSION_UNKNOWN', 'mission', mission]
      : ['CAMP_UNKNOWN', 'camp', `${mission}/${camp}`];
  const message = `No ${field} is registered as ${JSON.stringify(name.slice(0, 128))}; ${known}`;
  return problemResponse(404, { code, message, field });
}

export function unknownMeter({
  mission,
  camp,
  meter,
}: {
  mission: string;
  camp: string;
  meter: string;
}): Response {
  const message = `No meter ${mission}/${camp}/${meter} is registered, and none has published; GET /api/v1/meters lists them.`;
  return problemResponse(404, { code: 'METER_UNKNOWN', message, field: 'meter' });
}

/** Runs an endpoint: what it returns as JSON, a Response as it is, an operating fault as 503, or 500
 * when an operator must mend it. Other faults stay faults. */
export async function answer(work: () => Promise<unknown>): Promise<Response> {
  try {
    const result = await work();
    return result instanceof Response ? result : json(result, { headers: NO_STORE });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return problemResponse(error.retryable ? 503 : 500, {
      code: error.code,
      message: 'The data cannot be read at the moment.',
      field: null,
    });
  }
}
