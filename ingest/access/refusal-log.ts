/** What the embedded broker refused to whom: counted for `/metrics`, kept for people, told in the log once each. No secrets. */
import type { Logger } from 'pino';
import { RecentCounts, type Counted } from '../recent-counts.ts';
import type { Refusal } from '../sources/broker-access.ts';

export type RefusalEntry = Counted<Refusal>;

export interface RefusalLog {
  note(refusal: Refusal): void;
  /** Newest first. */
  newest(limit: number): RefusalEntry[];
  readonly counters: { readonly logins: number; readonly publishes: number; readonly subscriptions: number };
}

/** Whoever is outside can invent names and topics; what is shown of one stays short. */
const SHOWN_CHARACTERS = 200;

export function createRefusalLog(log: Pick<Logger, 'warn'>, now: () => number = Date.now): RefusalLog {
  const counts = new RecentCounts<Refusal>();
  const counters = { logins: 0, publishes: 0, subscriptions: 0 };
  return {
    counters,
    note({ what, guest, topic }) {
      if (what === 'publish') counters.publishes += 1;
      else if (what === 'subscribe') counters.subscriptions += 1;
      else counters.logins += 1;
      const refusal = { what, guest, topic: topic === null ? null : topic.slice(0, SHOWN_CHARACTERS) };
      const isNews = counts.note(JSON.stringify(refusal), refusal, now());
      if (isNews) log.warn({ event: 'broker-guest-refused', ...refusal });
    },
    newest: (limit) => counts.newest(limit),
  };
}
