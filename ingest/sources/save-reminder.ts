/**
 * The save reminder: makes Mosquitto write to its file what it has handed us and we could not settle at once.
 *
 * With `autosave_on_changes` Mosquitto (2.0, and before) saves after a change, but a message that it hands straight to a
 * connected subscriber is none: it has acknowledged such a message to the device, and a SIGKILL or a power cut takes it.
 * Our PUBACK is a change, so normally all is in order some milliseconds later. While the store is slow or away nothing is
 * acknowledged; then a power cut that takes worker and broker at once would take readings that a device was told had
 * arrived. Any packet that counts as a change makes Mosquitto save everything (docs/decisions/0006).
 */

/** How long a message may be unsettled before the broker is reminded; the time that a normal write takes. */
const REMIND_AFTER_MS = 50;

export class SaveReminder {
  readonly #remind: () => void;
  #taken = 0;
  #settled = 0;
  /** messages of which the broker was reminded, or will be by the standing timer */
  #covered = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `remind` sends the broker something that it counts as a change. */
  constructor(remind: () => void) {
    this.#remind = remind;
  }

  /** A message was handed on. */
  noteTaken(): void {
    this.#taken += 1;
    this.#timer ??= this.#watch();
  }

  /** A message became durable; the oldest first. */
  noteSettled(): void {
    this.#settled += 1;
  }

  /** The connection is gone. */
  retire(): void {
    clearTimeout(this.#timer);
  }

  #watch(): NodeJS.Timeout {
    this.#covered = this.#taken;
    return setTimeout(() => {
      this.#timer = undefined;
      // Only what was there when the timer began is late.
      if (this.#settled < this.#covered) {
        this.#covered = this.#taken;
        this.#remind();
      }
      if (this.#settled < this.#taken && this.#covered < this.#taken) this.#timer = this.#watch();
    }, REMIND_AFTER_MS);
  }
}
