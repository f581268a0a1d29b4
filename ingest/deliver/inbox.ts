/**
 * The inbox: what was received and is not durable yet, as batches in receipt order. While one batch is being
 * written everything that arrives is collected in the next; it is acknowledged whole, in receipt order.
 */
import type { Reading } from '#lib/energy/reading.ts';
import type { Decoded, InboundMessage } from '../decode/message.ts';
import type { DeadLetter } from './dead-letters.ts';

export interface Batch {
  readonly readings: Reading[];
  /** where in `readings` the newest reading of a meter that was stamped with its receipt stands, by meter key */
  readonly stamped: Map<string, number>;
  readonly letters: DeadLetter[];
  /** one for each message, in receipt order */
  readonly settles: (() => void)[];
  bytes: number;
  qos0: number;
  /** epoch ms of the oldest message */
  readonly startedAt: number;
}

export class Inbox {
  readonly #batchReadings: number;
  #closed: Batch[] = [];
  #collecting: Batch | undefined;
  #underWay: Batch | undefined;
  #messages = 0;
  #bytes = 0;

  /** A batch is closed when it holds `batchReadings`. */
  constructor(batchReadings: number) {
    this.#batchReadings = batchReadings;
  }

  /** messages that are not durable yet */
  get messages(): number {
    return this.#messages;
  }

  /** their payloads */
  get bytes(): number {
    return this.#bytes;
  }

  get oldestAt(): number | null {
    return (this.#underWay ?? this.#closed[0] ?? this.#collecting)?.startedAt ?? null;
  }

  get isBusy(): boolean {
    return this.#underWay !== undefined || this.#closed.length > 0;
  }

  add(message: InboundMessage, decoded: Decoded, settled: () => void): void {
    this.#collecting ??= emptyBatch(message.receivedAt);
    const batch = this.#collecting;
    if ((decoded.receiptTimes ?? 0) === 0)
      for (const reading of decoded.readings) batch.readings.push(reading);
    else for (const reading of decoded.readings) addStamped(batch, reading);
    for (const { reason, detail } of decoded.rejections) batch.letters.push({ message, reason, detail });
    batch.settles.push(settled);
    batch.bytes += message.payload.length;
    if (message.qos === 0) batch.qos0 += 1;
    this.#messages += 1;
    this.#bytes += message.payload.length;
    if (batch.readings.length >= this.#batchReadings) this.#close();
  }

  /** Takes the oldest batch under way, or undefined when nothing waits. */
  next(): Batch | undefined {
    if (this.#closed.length === 0) this.#close();
    this.#underWay = this.#closed.shift();
    return this.#underWay;
  }

  /** The batch under way is durable. */
  done(batch: Batch): void {
    this.#underWay = undefined;
    this.#forget(batch);
  }

  /** Forgets all that is not under way; tells how many QoS 0 messages, which nobody sends again, were among it. */
  drop(): number {
    this.#close();
    let qos0 = 0;
    for (const batch of this.#closed) {
      this.#forget(batch);
      qos0 += batch.qos0;
    }
    this.#closed = [];
    return qos0;
  }

  #close(): void {
    if (this.#collecting === undefined) return;
    this.#closed.push(this.#collecting);
    this.#collecting = undefined;
  }

  #forget(batch: Batch): void {
    this.#messages -= batch.settles.length;
    this.#bytes -= batch.bytes;
  }
}

/**
 * A device that tells power, voltages and registers on a topic each is heard to tell them all in one millisecond: that is
 * one reading. As several they would be several rows, and all but the first late for the accounts.
 */
function addStamped({ readings, stamped }: Batch, reading: Reading): void {
  const { key } = reading.meter;
  const place = stamped.get(key);
  const known = place === undefined ? undefined : readings[place];
  if (place !== undefined && known?.at === reading.at) {
    readings[place] = { ...known, values: { ...known.values, ...reading.values } };
    return;
  }
  stamped.set(key, readings.length);
  readings.push(reading);
}

function emptyBatch(startedAt: number): Batch {
  return { readings: [], stamped: new Map(), letters: [], settles: [], bytes: 0, qos0: 0, startedAt };
}
