/**
 * A camp's live readings as server-sent events: `event: reading`, data `{ mission, camp, meter, at, values }`; beside
 * it `event: silence`, `{ mission, camp, meter, since, cause }`, and `event: broker`, `{ connected }`. The newest of each
 * meter comes at once, then at most one a second a meter.
 * When as many browsers listen as may, the answer is 503 with the seconds to wait.
 */
import { isSlug } from '#lib/energy/reading.ts';
import { campOf } from '#lib/registry/lookup.ts';
import { liveHub, queryContext, silenceWatch } from '#lib/server/context.ts';
import { AppError } from '#lib/server/errors.ts';
import { eventStream } from '#lib/server/live/event-stream.ts';
import type { RequestHandler } from './$types';

const RETRY_AFTER_S = 30;

interface Fault {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
}

function refuse(status: number, fault: Fault, headers: Record<string, string> = {}): Response {
  return Response.json({ error: fault }, { status, headers: { 'cache-control': 'no-store', ...headers } });
}

/** Registered, or heard of: a meter that nobody has assigned yet is watched as well. */
async function isKnown({ mission, camp }: { mission: string; camp: string }): Promise<boolean> {
  const { registry, store } = await queryContext();
  return (
    campOf(registry, mission, camp) !== undefined || (await store.listMeters({ mission, camp })).length > 0
  );
}

export const GET: RequestHandler = async ({ params }) => {
  for (const field of ['mission', 'camp'] as const) {
    if (isSlug(params[field])) continue;
    const message = `${field} must be 1 to 63 of a-z, 0-9 and -, such as juba-un-house.`;
    return refuse(400, { code: 'SLUG_INVALID', message, field });
  }
  try {
    if (!(await isKnown(params))) {
      const message = `The registry knows no camp ${params.camp} in mission ${params.mission}, and no meter of it has published.`;
      return refuse(404, { code: 'CAMP_UNKNOWN', message, field: 'camp' });
    }
    const stream = eventStream(liveHub(), params, await silenceWatch());
    if (stream === undefined) {
      const message = `Too many browsers follow live readings; try again in ${String(RETRY_AFTER_S)} s.`;
      return refuse(503, { code: 'LIVE_FULL', message }, { 'retry-after': String(RETRY_AFTER_S) });
    }
    return new Response(stream, {
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        // A proxy that collects the stream before it passes it on would make it anything but live.
        'x-accel-buffering': 'no',
      },
    });
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    return refuse(503, { code: cause.code, message: 'The store does not answer; try again shortly.' });
  }
};
