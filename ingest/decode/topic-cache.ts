/**
 * What was worked out for a key (a topic), remembered within a bound. Two generations: when the young one is
 * full the old one is forgotten, so the cost of a look-up stays that of a Map and nothing is ever scanned.
 */
export class TopicCache<T> {
  readonly #perGeneration: number;
  readonly #keyCharsMax: number;
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  /** `entriesMax` entries of keys of at most `keyCharsMax` characters; longer keys are never remembered. */
  constructor(limits: { entriesMax: number; keyCharsMax: number }) {
    this.#perGeneration = Math.max(1, Math.floor(limits.entriesMax / 2));
    this.#keyCharsMax = limits.keyCharsMax;
  }

  get(key: string): T | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: T): void {
    if (key.length > this.#keyCharsMax) return;
    if (this.#young.size >= this.#perGeneration) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  /** Entries held, those in both generations twice; never more than `entriesMax`. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }
}
