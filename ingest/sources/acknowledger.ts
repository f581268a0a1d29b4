/**
 * Sends PUBACKs of one connection, in receipt order, many in one write. A receipt belongs to the connection
 * that delivered it (its epoch): after a reconnect the broker hands out the same ids again for other
 * messages, so acknowledging an old one would lose a new one silently.
 */

/** A PUBACK without reason code is the same four bytes in MQTT 3.1.1 and 5. */
const PUBACK = 0x40;
const REMAINING_LENGTH = 2;

export interface Acknowledger {
  /** To be called once the message `messageId` of this connection is durable. */
  acknowledge(messageId: number): void;
  /** Sends what is due at once. */
  flush(): void;
  /** After this, nothing is ever sent again: the connection is gone. */
  retire(): void;
}

/** `write` puts bytes on this connection's stream. */
export function createAcknowledger(write: (bytes: Uint8Array) => void): Acknowledger {
  let due: number[] = [];
  let isScheduled = false;
  let isRetired = false;

  function flush(): void {
    isScheduled = false;
    if (isRetired || due.length === 0) return;
    const bytes = Buffer.allocUnsafe(due.length * 4);
    let offset = 0;
    for (const messageId of due) {
      bytes[offset] = PUBACK;
      bytes[offset + 1] = REMAINING_LENGTH;
      bytes[offset + 2] = messageId >> 8;
      bytes[offset + 3] = messageId & 0xff;
      offset += 4;
    }
    due = [];
    write(bytes);
  }

  return {
    acknowledge(messageId) {
      if (isRetired) return;
      due.push(messageId);
      // One write for all that a finished batch acknowledges, not one a message.
      if (!isScheduled) {
        isScheduled = true;
        queueMicrotask(flush);
      }
    },
    flush,
    retire() {
      isRetired = true;
      due = [];
    },
  };
}
