/**
 * Delivery: from a message to a fact on disk, then the acknowledgement.
 *
 *     received → decoded → { in the store | spooled and synced | dead letter and synced } → acknowledged
 *
 * Batching is natural: while one write is under way everything that arrives is collected, and when it ends
 * all of that is the next batch. No timer stands between a small broker window and the write.
 * One batch at a time also means that of two values for one instant the later one wins.
 */
import type { Reading } from '#lib/energy/reading.ts';
import type { Decoded, InboundMessage } from '../decode/message.ts';
import { faultOf, type DeliveryParts } from './contract.ts';
import { countRejection, emptyCounters, type DeliveryCounters } from './counters.ts';
import { Inbox, type Batch } from './inbox.ts';
import type { DeliveryState } from './outage.ts';
import { Settling } from './settling.ts';

export { DELIVERY_LIMITS } from './contract.ts';
export type { DeliveryFault, DeliveryParts } from './contract.ts';
export type { DeliveryState } from './outage.ts';

/** Beyond this share of the window an outage spools at once, so that the broker never has to stop sending. */
const PRESSED_SHARE = 0.8;

export interface Delivery {
  /** `settled` is called once the message is durable; messages are settled in the order they came in. */
  receive(message: InboundMessage, settled: () => void): void;
  /**
   * The broker kept our session: all it has no acknowledgement for comes once more. Beyond one window in
   * hand the copies are dropped, or a connection that comes and goes would pile them up during an outage.
   */
  expectRedelivery(): void;
  readonly counters: DeliveryCounters;
  status(): { state: DeliveryState; unacknowledged: number; pendingBytes: number; oldestAt: number | null };
  /**
   * Writes out all that was received; in an outage to the spool, at once. Resolves false when `withinMs`
   * were not enough, or as soon as it is clear that they won't be.
   */
  flush(withinMs: number): Promise<boolean>;
  /** Stops all retrying; what is not durable yet stays unacknowledged. */
  stop(): void;
}

export function createDelivery(parts: DeliveryParts): Delivery {
  return new DeliveryRoom({ ...parts, onFault: unfailing(parts.onFault) });
}

/** Where a fault is reported nothing may go wrong: it would end the worker instead of the fault. */
function unfailing(onFault: DeliveryParts['onFault']): DeliveryParts['onFault'] {
  return (fault) => {
    try {
      onFault(fault);
    } catch {
      // There is nobody left to tell.
    }
  };
}

class DeliveryRoom implements Delivery {
  readonly counters = emptyCounters();
  readonly #parts: DeliveryParts;
  readonly #inbox: Inbox;
  readonly #settling: Settling;
  #isPumping = false;
  #isScheduled = false;
  #isStopped = false;
  /** set while a flush waits; told whether all is durable */
  #ending: ((isWhole: boolean) => void) | undefined;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    this.#inbox = new Inbox(parts.limits.batchReadings);
    this.#settling = new Settling({
      ...parts,
      counters: this.counters,
      isLiveBusy: () => this.#inbox.isBusy,
      isPressed: () => this.#isFull(PRESSED_SHARE),
      onHeld: () => this.#ending?.(false),
    });
  }

  receive(message: InboundMessage, settled: () => void): void {
    if (this.#isStopped) return;
    const { counters } = this;
    counters.received += 1;
    if (message.qos === 0) {
      counters.receivedQos0 += 1;
      // Nobody sends these again, so nothing but memory bounds them while the store is away.
      if (this.#isFull(1)) {
        counters.droppedQos0 += 1;
        settled();
        return;
      }
    }
    const decoded = this.#decode(message);
    counters.readings += decoded.readings.length;
    counters.ignoredKeys += decoded.ignoredKeys;
    for (const { reason } of decoded.rejections) countRejection(counters, reason, 1);
    this.#inbox.add(message, decoded, settled);
    if (decoded.readings.length > 0) this.#show(decoded.readings);
    this.#schedule();
  }

  expectRedelivery(): void {
    if (this.#inbox.messages < this.#parts.limits.receiveMaximum) return;
    this.counters.droppedQos0 += this.#inbox.drop();
  }

  status() {
    return {
      state: this.#settling.state,
      unacknowledged: this.#inbox.messages,
      pendingBytes: this.#inbox.bytes,
      oldestAt: this.#inbox.oldestAt,
    };
  }

  async flush(withinMs: number): Promise<boolean> {
    if (this.#inbox.messages === 0) return true;
    const deadline = new AbortController();
    const whole = new Promise<boolean>((resolve) => (this.#ending = resolve));
    const late = this.#parts.clock.sleep(withinMs, deadline.signal).then(() => false);
    this.#settling.hurry(true);
    const isWhole = await Promise.race([whole, late]);
    this.#settling.hurry(false);
    this.#ending = undefined;
    deadline.abort();
    return isWhole;
  }

  stop(): void {
    this.#isStopped = true;
    this.#settling.stop();
    this.#ending?.(this.#inbox.messages === 0);
  }

  /** A decoder never throws. If one did, the broker would hand the same message to every next start. */
  #decode(message: InboundMessage): Decoded {
    try {
      return this.#parts.decode(message);
    } catch (error) {
      const fault = faultOf(error, this.#settling.state, 'UNEXPECTED');
      this.#parts.onFault(fault);
      const detail = `The decoder failed on this message: ${fault.message}`;
      return { readings: [], rejections: [{ reason: 'payload-wrong-shape', detail }], ignoredKeys: 0 };
    }
  }

  #show(readings: readonly Reading[]): void {
    try {
      this.#parts.onDecoded(readings);
    } catch (error) {
      this.#parts.onFault(faultOf(error, this.#settling.state, 'UNEXPECTED'));
    }
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isPumping) return;
    this.#isScheduled = true;
    this.#parts.clock.defer(() => {
      this.#isScheduled = false;
      void this.#pump();
    });
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (!this.#isStopped) {
      const batch = this.#inbox.next();
      if (batch === undefined) break;
      if (await this.#settling.settle(batch)) this.#acknowledge(batch);
    }
    this.#isPumping = false;
  }

  #isFull(share: number): boolean {
    const { receiveMaximum, pendingBytes } = this.#parts.limits;
    return this.#inbox.messages >= receiveMaximum * share || this.#inbox.bytes >= pendingBytes;
  }

  #acknowledge(batch: Batch): void {
    for (const settle of batch.settles) {
      try {
        settle();
      } catch (error) {
        this.#parts.onFault(faultOf(error, this.#settling.state, 'UNEXPECTED'));
      }
    }
    this.counters.acknowledged += batch.settles.length;
    this.#inbox.done(batch);
    if (this.#inbox.messages === 0) this.#ending?.(true);
  }
}
