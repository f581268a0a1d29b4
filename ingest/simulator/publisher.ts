/**
 * Publishing at QoS 1 with a bounded number of messages under way, and the account of how far everything has
 * been acknowledged. A broker that goes away is waited for: what is under way is sent again on the next
 * connection, and nothing more is taken on meanwhile.
 */
import type { MqttClient } from 'mqtt';

/** Messages published and not yet acknowledged. */
export const MAX_IN_FLIGHT = 64;

const RETRY_MS = 100;

/** Messages that belong together: when none is open any more, everything up to `until` is with the broker. */
interface Account {
  until: number;
  open: number;
  isComplete: boolean;
}

interface Message {
  readonly topic: string;
  readonly payload: string;
  readonly account: Account;
}

export class Publisher {
  readonly #client: MqttClient;
  #inFlight = 0;
  #waiting: (() => void)[] = [];
  /** What was promised, in time order; the first entry whose messages are all acknowledged moves the account on. */
  readonly #promises: Account[] = [];
  #current: Account;
  #acknowledgedUntil: number;

  constructor(client: MqttClient, acknowledgedUntil: number) {
    this.#client = client;
    this.#acknowledgedUntil = acknowledgedUntil;
    this.#current = this.#open();
  }

  /** Everything up to this instant (epoch ms) is with the broker. */
  get acknowledgedUntil(): number {
    return this.#acknowledgedUntil;
  }

  get isConnected(): boolean {
    return this.#client.connected;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Resolves when the message is under way: at once, or when an earlier one has been acknowledged. */
  async send(topic: string, payload: string): Promise<void> {
    while (this.#inFlight >= MAX_IN_FLIGHT) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#current.open++;
    this.#inFlight++;
    this.#publish({ topic, payload, account: this.#current });
  }

  /** The client gives up a message when its connection breaks at an awkward moment; we do not. */
  #publish(message: Message): void {
    this.#client.publish(message.topic, message.payload, { qos: 1 }, (error) => {
      if (error) {
        if (!this.#client.disconnecting) setTimeout(() => this.#publish(message), RETRY_MS);
        return;
      }
      message.account.open--;
      this.#inFlight--;
      this.#settle();
      this.#waiting.shift()?.();
    });
  }

  /** Everything sent since the last milestone completes what there is up to `until`. */
  milestone(until: number): void {
    this.#current.until = until;
    this.#current.isComplete = true;
    this.#current = this.#open();
    this.#settle();
  }

  /** Resolves when nothing is under way any more, or after `patienceMs`. */
  async drain(patienceMs: number): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (this.#inFlight > 0 && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  #open(): Account {
    const account: Account = { until: 0, open: 0, isComplete: false };
    this.#promises.push(account);
    return account;
  }

  #settle(): void {
    let first = this.#promises[0];
    while (first?.isComplete === true && first.open === 0) {
      this.#acknowledgedUntil = Math.max(this.#acknowledgedUntil, first.until);
      this.#promises.shift();
      first = this.#promises[0];
    }
  }
}
