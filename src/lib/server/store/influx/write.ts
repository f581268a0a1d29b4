/**
 * Sends lines to /write and does not rest until every single one has been committed or refused on its own.
 * One point that InfluxDB can't take never blocks or drops the points sent with it.
 */
import { AppError } from '../../errors.ts';
import type { Outcome } from './classify.ts';

export interface RefusedLine {
  /** position in what was to be written */
  readonly index: number;
  /** the store's own words */
  readonly reason: string;
}

export interface LineWriterOptions {
  readonly send: (lines: readonly string[]) => Promise<Outcome>;
  /** called when InfluxDB says that the database is not there. @throws AppError */
  readonly createDatabase: () => Promise<void>;
  /** the server's address as messages may show it */
  readonly shown: string;
}

/** In order, so that of two points for the same instant the later one wins. */
export type LineWriter = (lines: readonly string[]) => Promise<RefusedLine[]>;

/** Lines in one request: some 2 MB, far below any server's limit on a body. */
const MAX_LINES = 10_000;

/** The writer's promise rejects with an AppError; nothing of the batch may then be taken as committed. */
export function createLineWriter({ send, createDatabase, shown }: LineWriterOptions): LineWriter {
  /** As `send`, but creates the database when that is all that is missing. */
  async function sendCreating(lines: readonly string[]): Promise<Outcome> {
    const outcome = await send(lines);
    if (outcome.kind !== 'no-database') return outcome;
    await createDatabase();
    return send(lines);
  }

  /** Delivers `lines`, whose first has position `offset`, and adds to `refused` those that can't be. */
  async function deliver(lines: readonly string[], offset: number, refused: RefusedLine[]): Promise<void> {
    const outcome = await sendCreating(lines);
    switch (outcome.kind) {
      case 'stored':
        return;
      case 'poison':
      case 'too-large': {
        const reason =
          outcome.kind === 'poison' ? outcome.reason : 'larger than InfluxDB accepts in one request';
        if (lines.length === 1) {
          refused.push({ index: offset, reason });
          return;
        }
        const middle = Math.ceil(lines.length / 2);
        await deliver(lines.slice(0, middle), offset, refused);
        await deliver(lines.slice(middle), offset + middle, refused);
        return;
      }
      case 'no-database':
      case 'refused':
        throw new AppError('STORE_REFUSED', `InfluxDB at ${shown} refuses writes: ${outcome.reason}`, {
          retryable: false,
        });
      case 'unavailable':
        throw new AppError(
          'STORE_UNAVAILABLE',
          `InfluxDB at ${shown} can't be written to: ${outcome.reason}`,
          {
            retryable: true,
            ...(outcome.retryAfterMs !== undefined && { retryAfterMs: outcome.retryAfterMs }),
          },
        );
    }
  }

  return async (lines) => {
    const refused: RefusedLine[] = [];
    for (let from = 0; from < lines.length; from += MAX_LINES) {
      await deliver(lines.slice(from, from + MAX_LINES), from, refused);
    }
    return refused;
  };
}
