/**
 * How a page asks the store: with the context as of now, and with an operating fault (store, configuration)
 * turned into a 503 whose code is in docs/errors.md. Anything else is a fault of ours and stays one.
 */
import { error } from '@sveltejs/kit';
import { queryContext } from '#lib/server/context.ts';
import { AppError } from '#lib/server/errors.ts';
import type { QueryContext } from '#lib/server/queries/types.ts';

export async function ask<T>(question: (ctx: QueryContext) => Promise<T>): Promise<T> {
  try {
    return await question(await queryContext());
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    console.error(
      JSON.stringify({ level: 'error', message: 'store failed', code: cause.code, cause: cause.message }),
    );
    error(503, { message: 'The store does not answer', code: cause.code });
  }
}
