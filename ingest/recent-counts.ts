/**
 * What happens again and again, as one counted entry each: so that a device that misbehaves a thousand times a second is one
 * line for people, not a thousand. Bounded: the entry longest left alone goes.
 */

export type Counted<What> = What & {
  readonly count: number;
  /** when it happened first and last, RFC 3339 in UTC */
  readonly firstAt: string;
  readonly lastAt: string;
};

interface Entry<What> {
  what: What;
  count: number;
  /** epoch ms */
  readonly firstAt: number;
  lastAt: number;
}

export class RecentCounts<What extends object> {
  // A Map keeps insertion order: re-inserting on each note makes it a list by recency.
  readonly #entries = new Map<string, Entry<What>>();
  readonly #most: number;

  constructor(most = 1_000) {
    this.#most = most;
  }

  /** Returns true the first time `key` is noted: then it is worth a line in the log. The newest `what` is told. */
  note(key: string, what: What, at: number): boolean {
    const known = this.#entries.get(key);
    this.#entries.delete(key);
    const { count, firstAt } = known ?? { count: 0, firstAt: at };
    this.#entries.set(key, { what, count: count + 1, firstAt, lastAt: at });
    if (this.#entries.size > this.#most) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    return known === undefined;
  }

  /** Newest first. */
  newest(limit: number): Counted<What>[] {
    return [...this.#entries.values()]
      .reverse()
      .slice(0, limit)
      .map(({ what, count, firstAt, lastAt }) => ({
        ...what,
        count,
        firstAt: new Date(firstAt).toISOString(),
        lastAt: new Date(lastAt).toISOString(),
      }));
  }
}
