/** What was lately not taken, in words, for the log and for people: one entry a topic and reason, counted. */
import type { InboundMessage, Rejection, RejectionReason } from './decode/message.ts';
import { RecentCounts, type Counted } from './recent-counts.ts';

/** Plain JSON, as `/health` tells it. */
export type RejectionEntry = Counted<{
  readonly topic: string;
  readonly reason: RejectionReason;
  /** of the newest message */
  readonly detail: string;
}>;

export interface RejectionLog {
  /** Returns true the first time this topic is rejected for this reason: then it is worth a line in the log. */
  note(message: InboundMessage, rejection: Rejection): boolean;
  /** Newest first. */
  newest(limit: number): RejectionEntry[];
}

export function createRejectionLog(maxEntries?: number): RejectionLog {
  const counts = new RecentCounts<Pick<RejectionEntry, 'topic' | 'reason' | 'detail'>>(maxEntries);
  return {
    note: ({ topic, receivedAt }, { reason, detail }) =>
      counts.note(`${reason} ${topic}`, { topic, reason, detail }, receivedAt),
    newest: (limit) => counts.newest(limit),
  };
}
