/**
 * Stopping in order: no new messages, then what was received made durable and acknowledged, then the accounts,
 * then everything closed. Each step has its time, because a supervisor kills what takes too long; a step that
 * is cut short loses nothing: unacknowledged messages come again, and accounts are recomputed.
 */
import type { Logger } from 'pino';
import type { Delivery } from './deliver/delivery.ts';
import type { WorkerFiles } from './opening.ts';
import type { Rounds } from './rounds.ts';
import type { Source } from './sources/source.ts';
import type { StatusServer } from './status-server.ts';
import { isLongerThan } from './time-limit.ts';
import { messageOf } from './worker-events.ts';

const DELIVERY_MS = 4_800;
const ACCOUNTS_MS = 3_000;
/** a broker that does not answer our goodbye */
const SOURCE_MS = 2_200;
/** for each of: pausing the source, the status page, the store */
const CLOSING_MS = 400;

export interface StopParts {
  /** undefined where the start had not come so far */
  readonly rounds: Rounds | undefined;
  readonly source: Source | undefined;
  readonly onboarding: { close(): Promise<void> };
  readonly status: StatusServer | undefined;
  readonly delivery: Pick<Delivery, 'flush' | 'stop' | 'status'>;
  readonly retention: { close(): Promise<void> };
  readonly accounts: { stop(withinMs: number): Promise<boolean> };
  readonly files: Pick<
    WorkerFiles,
    'store' | 'journal' | 'registryStore' | 'correctionStore' | 'silenceStore' | 'credentials'
  >;
  readonly log: Logger;
}

/** Never fails, and ends within 12 s. */
export async function stopInOrder(parts: StopParts): Promise<void> {
  const { source, delivery, accounts, status, files, log } = parts;
  const step = async (name: string, ms: number, work: () => Promise<unknown> | undefined): Promise<void> => {
    try {
      if (await isLongerThan(ms, work())) log.warn({ event: 'stopped-early', step: name });
    } catch (error) {
      log.warn({ event: 'stop-failed', step: name, error: messageOf(error) });
    }
  };
  await step('pause', CLOSING_MS, () => source?.pause());
  parts.rounds?.stop();
  await step('onboarding', CLOSING_MS, () =>
    Promise.all([parts.onboarding.close(), parts.retention.close()]),
  );
  await step('delivery', DELIVERY_MS + 100, async () => {
    if (await delivery.flush(DELIVERY_MS)) return;
    log.warn({ event: 'stopped-early', unacknowledged: delivery.status().unacknowledged });
  });
  delivery.stop();
  await step('accounts', ACCOUNTS_MS + 100, () => accounts.stop(ACCOUNTS_MS));
  await step('source', SOURCE_MS, () => source?.close());
  await step('status', CLOSING_MS, () => status?.close());
  await step('store', CLOSING_MS, () => files.store.close());
  files.journal.close();
  files.registryStore.close();
  files.correctionStore.close();
  files.silenceStore.close();
  files.credentials.close();
  log.info({ event: 'stopped' });
}
