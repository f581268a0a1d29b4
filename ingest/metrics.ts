/** The worker's counters under Prometheus names. The hot path counts in plain numbers; this reads them when asked. */
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { AccountCounters } from './account/accountant.ts';
import type { DeadLetters } from './deliver/dead-letters.ts';
import type { Delivery } from './deliver/delivery.ts';
import type { Spool } from './deliver/spool.ts';

export interface MetricSources {
  readonly delivery: Delivery;
  readonly spool: Spool;
  readonly letters: DeadLetters;
  readonly accounts: { counters: AccountCounters; lateMeters(): number };
  readonly live: { counters: { published: number } };
  readonly connections: { connected: number; lost: number };
  readonly isConnected: () => boolean;
  readonly now: () => number;
}

/** Text in the Prometheus exposition format. */
export function createMetrics(sources: MetricSources): { contentType: string; text(): Promise<string> } {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'bluewatt_worker_' });
  const { counters } = sources.delivery;

  function counter(name: string, help: string, read: () => number): void {
    new Counter({
      name: `bluewatt_${name}`,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }
  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name: `bluewatt_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  }

  counter('messages_received_total', 'MQTT messages received', () => counters.received);
  counter('messages_qos0_received_total', 'of them with QoS 0', () => counters.receivedQos0);
  counter(
    'messages_qos0_dropped_total',
    'QoS 0 messages dropped for want of room',
    () => counters.droppedQos0,
  );
  counter(
    'messages_acknowledged_total',
    'messages settled after their readings were durable',
    () => counters.acknowledged,
  );
  counter('readings_decoded_total', 'readings decoded', () => counters.readings);
  counter(
    'readings_committed_total',
    'readings written to the store directly',
    () => counters.committedReadings,
  );
  counter('readings_spooled_total', 'readings that went to the spool', () => counters.spooledReadings);
  counter(
    'readings_drained_total',
    'readings written to the store from the spool',
    () => counters.drainedReadings,
  );
  counter('keys_ignored_total', 'payload keys that name no quantity', () => counters.ignoredKeys);
  counter('dead_letters_total', 'dead letters written', () => counters.deadLetters);
  counter('dead_letters_discarded_total', 'dead letters that had to make room', () =>
    sources.letters.discarded(),
  );
  counter('write_batches_total', 'batches written to the store', () => counters.batches);
  counter('write_failures_total', 'failed writes', () => counters.writeFailures);
  counter('live_published_total', 'live readings republished', () => sources.live.counters.published);
  counter(
    'account_flushes_total',
    'times the accounts were written',
    () => sources.accounts.counters.flushes,
  );
  counter('account_flush_failures_total', 'of them failed', () => sources.accounts.counters.failedFlushes);
  counter(
    'account_recomputed_total',
    'meters recomputed from raw readings',
    () => sources.accounts.counters.recomputedMeters,
  );
  counter('broker_connections_total', 'connections to the broker', () => sources.connections.connected);
  counter('broker_disconnections_total', 'connections lost', () => sources.connections.lost);
  gauge('broker_connected', '1 while connected', () => (sources.isConnected() ? 1 : 0));
  gauge(
    'messages_unacknowledged',
    'messages not durable yet',
    () => sources.delivery.status().unacknowledged,
  );
  gauge('messages_unacknowledged_oldest_seconds', 'age of the oldest of them', () => {
    const { oldestAt } = sources.delivery.status();
    return oldestAt === null ? 0 : (sources.now() - oldestAt) / 1000;
  });
  gauge('write_seconds', 'duration of the newest write', () => counters.lastWriteMs / 1000);
  gauge('spool_readings', 'readings in the spool', () => sources.spool.status().readings);
  gauge('spool_bytes', 'bytes in the spool', () => sources.spool.status().bytes);
  gauge('spool_oldest_seconds', 'age of the oldest spooled batch', () => {
    const { oldestSavedAt } = sources.spool.status();
    return oldestSavedAt === null ? 0 : (sources.now() - oldestSavedAt) / 1000;
  });
  gauge(
    'account_flush_seconds',
    'duration of the newest account flush',
    () => sources.accounts.counters.lastFlushMs / 1000,
  );
  gauge('account_late_meters', 'meters with readings to recompute', () => sources.accounts.lateMeters());
  new Counter({
    name: 'bluewatt_messages_rejected_total',
    help: 'rejections by reason',
    labelNames: ['reason'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [reason, count] of counters.rejected) this.inc({ reason }, count);
    },
  });
  return { contentType: registry.contentType, text: () => registry.metrics() };
}
