/** Whether the web server is up and its store answers; 503 when it does not, so that a load balancer sees it. */
import { accessNote, queryContext } from '#lib/server/context.ts';
import { AppError } from '#lib/server/errors.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async () => {
  const store = await storeState();
  const isFine = store.status === 'ok';
  return Response.json(
    { status: isFine ? 'ok' : 'degraded', web: { status: 'ok', access: accessNote().mode }, store },
    { status: isFine ? 200 : 503, headers: { 'cache-control': 'no-store' } },
  );
};

async function storeState(): Promise<{ status: 'ok'; kind: string } | { status: 'failed'; code: string }> {
  try {
    const { store } = await queryContext();
    await store.ping();
    return { status: 'ok', kind: store.kind };
  } catch (cause) {
    if (cause instanceof AppError) return { status: 'failed', code: cause.code };
    throw cause;
  }
}
