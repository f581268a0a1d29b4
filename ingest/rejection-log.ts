/**
 * What was lately not taken, in words, for the log and for people: one entry a topic and reason, counted, so
 * that a meter that misbehaves a thousand times a second is one line, not a thousand.
 */
import type { InboundMessage, Rejection, RejectionReason } from './decode/message.ts';

/** Plain JSON, as `/health` tells it. */
export interface RejectionEntry {
  readonly topic: string;
  readonly reason: RejectionReason;
  /** of the newest message */
  readonly detail: string;
  readonly count: number;
  /** when the first and the newest of them were received, RFC 3339 in UTC */
  readonly firstAt: string;
  readonly lastAt: string;
}

interface Counted {
  readonly topic: string;
  readonly reason: RejectionReason;
  detail: string;
  count: number;
  /** epoch ms */
  readonly firstAt: number;
  lastAt: number;
}

export interface RejectionLog {
  /** Returns true the first time this topic is rejected for this reason: then it is worth a line in the log. */
  note(message: InboundMessage, rejection: Rejection): boolean;
  /** Newest first. */
  newest(limit: number): RejectionEntry[];
}

export function createRejectionLog(maxEntries = 1_000): RejectionLog {
  // A Map keeps insertion order: re-inserting on each note makes it a list by recency.
  const entries = new Map<string, Counted>();
  return {
    note({ topic, receivedAt }, { reason, detail }) {
      const key = `${reason} ${topic}`;
      const known = entries.get(key);
      if (known !== undefined) {
        known.count += 1;
        known.lastAt = receivedAt;
        known.detail = detail;
        entries.delete(key);
        entries.set(key, known);
        return false;
      }
      entries.set(key, { topic, reason, detail, count: 1, firstAt: receivedAt, lastAt: receivedAt });
      if (entries.size > maxEntries) {
        const oldest = entries.keys().next().value;
        if (oldest !== undefined) entries.delete(oldest);
      }
      return true;
    },
    newest: (limit) => [...entries.values()].reverse().slice(0, limit).map(toEntry),
  };
}

function toEntry({ firstAt, lastAt, ...rest }: Counted): RejectionEntry {
  return { ...rest, firstAt: new Date(firstAt).toISOString(), lastAt: new Date(lastAt).toISOString() };
}
