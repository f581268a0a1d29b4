/** The worker's counters under Prometheus names. The hot path counts in plain numbers; this reads them when asked. */
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { RefusalLog } from './access/refusal-log.ts';
import type { AccountCounters } from './account/accountant.ts';
import type { DeadLetters } from './deliver/dead-letters.ts';
import type { Delivery } from './deliver/delivery.ts';
import type { Spool } from './deliver/spool.ts';

export interface MetricSources {
  readonly delivery: Pick<Delivery, 'counters' | 'status'>;
  readonly spool: Pick<Spool, 'status'>;
  readonly letters: Pick<DeadLetters, 'discarded'>;
  readonly accounts: { readonly counters: AccountCounters; lateMeters(): number };
  readonly live: { readonly counters: { readonly published: number } };
  readonly connections: { readonly connected: number; readonly lost: number };
  readonly refusals: Pick<RefusalLog, 'counters'>;
  readonly isConnected: () => boolean;
  readonly now: () => number;
}

type Read = (sources: MetricSources) => number;
type Row = readonly [name: string, help: string, read: Read];

// prettier-ignore
const COUNTERS: readonly Row[] = [
  ['messages_received_total', 'MQTT messages received', (s) => s.delivery.counters.received],
  ['messages_qos0_received_total', 'of them with QoS 0', (s) => s.delivery.counters.receivedQos0],
  ['messages_qos0_dropped_total', 'QoS 0 messages dropped for want of room', (s) => s.delivery.counters.droppedQos0],
  ['messages_acknowledged_total', 'messages settled after their readings were durable', (s) => s.delivery.counters.acknowledged],
  ['readings_decoded_total', 'readings decoded', (s) => s.delivery.counters.readings],
  ['readings_committed_total', 'readings written to the store directly', (s) => s.delivery.counters.committedReadings],
  ['readings_spooled_total', 'readings that went to the spool', (s) => s.delivery.counters.spooledReadings],
  ['readings_drained_total', 'readings written to the store from the spool', (s) => s.delivery.counters.drainedReadings],
  ['keys_ignored_total', 'payload keys that name no quantity', (s) => s.delivery.counters.ignoredKeys],
  ['dead_letters_total', 'dead letters written', (s) => s.delivery.counters.deadLetters],
  ['dead_letters_discarded_total', 'dead letters that had to make room', (s) => s.letters.discarded()],
  ['write_batches_total', 'batches written to the store', (s) => s.delivery.counters.batches],
  ['write_failures_total', 'failed writes', (s) => s.delivery.counters.writeFailures],
  ['live_published_total', 'live readings republished', (s) => s.live.counters.published],
  ['account_flushes_total', 'times the accounts were written', (s) => s.accounts.counters.flushes],
  ['account_flush_failures_total', 'times they could not be written, or not all of them', (s) => s.accounts.counters.failedFlushes],
  ['account_recomputed_total', 'meters recomputed from raw readings', (s) => s.accounts.counters.recomputedMeters],
  ['account_days_written_total', 'meter days written', (s) => s.accounts.counters.daysWritten],
  ['account_ledger_entries_written_total', 'ledger entries written', (s) => s.accounts.counters.ledgerEntriesWritten],
  ['broker_connections_total', 'connections to the broker', (s) => s.connections.connected],
  ['broker_disconnections_total', 'connections lost', (s) => s.connections.lost],
  ['broker_logins_refused_total', 'times the embedded broker let somebody not in', (s) => s.refusals.counters.logins],
  ['broker_publishes_refused_total', 'messages it dropped because their user may not publish there', (s) => s.refusals.counters.publishes],
  ['broker_subscriptions_refused_total', 'subscriptions it refused', (s) => s.refusals.counters.subscriptions],
];

// prettier-ignore
const GAUGES: readonly Row[] = [
  ['broker_connected', '1 while connected', (s) => (s.isConnected() ? 1 : 0)],
  ['messages_unacknowledged', 'messages not durable yet', (s) => s.delivery.status().unacknowledged],
  ['messages_unacknowledged_oldest_seconds', 'age of the oldest of them', (s) => ageS(s, s.delivery.status().oldestAt)],
  ['write_seconds', 'duration of the newest write', (s) => s.delivery.counters.lastWriteMs / 1000],
  ['spool_readings', 'readings in the spool', (s) => s.spool.status().readings],
  ['spool_bytes', 'bytes in the spool', (s) => s.spool.status().bytes],
  ['spool_oldest_seconds', 'age of the oldest spooled batch', (s) => ageS(s, s.spool.status().oldestSavedAt)],
  ['account_flush_seconds', 'duration of the newest account flush', (s) => s.accounts.counters.lastFlushMs / 1000],
  ['account_late_meters', 'meters with readings to recompute', (s) => s.accounts.lateMeters()],
];

function ageS({ now }: MetricSources, at: number | null): number {
  return at === null ? 0 : (now() - at) / 1000;
}

/** Text in the Prometheus exposition format. */
export function createMetrics(sources: MetricSources): { contentType: string; text(): Promise<string> } {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'bluewatt_worker_' });
  for (const [name, help, read] of COUNTERS) {
    new Counter({
      name: `bluewatt_${name}`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read(sources));
      },
    });
  }
  for (const [name, help, read] of GAUGES) {
    new Gauge({
      name: `bluewatt_${name}`,
      help,
      registers,
      collect() {
        this.set(read(sources));
      },
    });
  }
  new Counter({
    name: 'bluewatt_messages_rejected_total',
    help: 'rejections by reason',
    labelNames: ['reason'],
    registers,
    collect() {
      this.reset();
      for (const [reason, count] of sources.delivery.counters.rejected) this.inc({ reason }, count);
    },
  });
  return { contentType: registry.contentType, text: () => registry.metrics() };
}
