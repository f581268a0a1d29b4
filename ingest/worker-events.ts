/** What befell the worker since its start: kept for `/health` and `/metrics`, and told in the log when it is news. */
import type { Logger } from 'pino';
import type { DeliveryFault } from './deliver/delivery.ts';
import type { SourceEvent } from './sources/source.ts';

export class WorkerEvents {
  readonly connections = { connected: 0, lost: 0 };
  readonly #log: Logger;
  #sessionLostAt: number | null = null;
  #refusedFilters: readonly string[] = [];
  #lastFault: DeliveryFault | null = null;
  #accountsFailing: string | null = null;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** For the health report. */
  get noted() {
    return {
      sessionLostAt: this.#sessionLostAt,
      refusedFilters: this.#refusedFilters,
      lastFault: this.#lastFault,
      accountsFailing: this.#accountsFailing,
    };
  }

  /** @param now epoch ms */
  noteSource(event: SourceEvent, now: number): void {
    if (event.kind === 'connected') this.connections.connected += 1;
    if (event.kind === 'disconnected') this.connections.lost += 1;
    if (event.kind === 'session-lost') this.#sessionLostAt = now;
    if (event.kind === 'subscription-refused') this.#refusedFilters = event.filters;
    const level = event.kind === 'connected' || event.kind === 'unsubscribed' ? 'info' : 'warn';
    this.#log[level]({ event: `broker-${event.kind}`, ...event, kind: undefined });
  }

  /** One line when the fault changes, not one a retry. */
  noteDelivery(fault: DeliveryFault): void {
    const isNews = this.#lastFault?.message !== fault.message || this.#lastFault.state !== fault.state;
    this.#lastFault = fault;
    if (isNews) this.#log.error({ event: 'delivery-fault', ...fault });
  }

  readonly noteAccounts = (error: unknown): void => {
    const message = messageOf(error);
    const isNews = this.#accountsFailing !== message;
    this.#accountsFailing = message;
    if (isNews) this.#log.error({ event: 'accounts-behind', error: message });
  };

  noteAccounted(): void {
    if (this.#accountsFailing !== null) this.#log.info({ event: 'accounts-caught-up' });
    this.#accountsFailing = null;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
