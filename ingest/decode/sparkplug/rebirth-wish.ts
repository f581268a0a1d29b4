/**
 * Why an edge node should be born again, and when it is asked: not before a message that is missing has had time to
 * come after those that overtook it, and seldomer while nothing comes of it.
 * Source: Eclipse Sparkplug 3.0.0, section 5.4 (host application, message ordering: the reorder timeout).
 */

/** How long a message may be behind those that came after it. The specification leaves it to the host. */
const REORDER_MS = 2_000;
/** Between two requests to one node: at first, and after many that nothing came of. */
const REQUEST_MS = { first: 60_000, most: 15 * 60_000 };

export class RebirthWish {
  /** sequence numbers that were left out */
  readonly #missing = new Set<number>();
  /** devices that spoke unborn, or by an alias nobody defined */
  readonly #unknown = new Set<string>();
  /** what came before nobody knows */
  #isUnsure = false;
  /** when the first of the above was noticed, epoch ms */
  #since: number | undefined;
  #requestedAt = -Infinity;
  #waitMs = 0;

  /** @param at epoch ms, in all that follow */
  missed(sequence: readonly number[], at: number): void {
    for (const seq of sequence) this.#missing.add(seq);
    this.#since ??= at;
  }

  /** The message was one that is missed: it is no longer. */
  cameLate(seq: number): boolean {
    const wasMissed = this.#missing.delete(seq);
    this.#settle();
    return wasMissed;
  }

  doesNotKnow(device: string, at: number): void {
    this.#unknown.add(device);
    this.#since ??= at;
  }

  cannotBeSure(at: number): void {
    this.#isUnsure = true;
    this.#since ??= at;
  }

  /** A device's birth came after what it defines. */
  deviceBorn(device: string): void {
    this.#unknown.delete(device);
    this.#settle();
  }

  /** The node's own birth begins anew. */
  nodeBorn(): void {
    this.#forget();
    this.#waitMs = REQUEST_MS.first;
  }

  /** Whether to ask now; then it counts as asked. */
  takeDue(now: number): boolean {
    if (this.#since === undefined || now - this.#since < REORDER_MS) return false;
    if (Math.abs(now - this.#requestedAt) < this.#waitMs) return false;
    this.#waitMs =
      this.#requestedAt === -Infinity ? REQUEST_MS.first : Math.min(this.#waitMs * 2, REQUEST_MS.most);
    this.#requestedAt = now;
    this.#forget();
    return true;
  }

  #settle(): void {
    if (this.#missing.size === 0 && this.#unknown.size === 0 && !this.#isUnsure) this.#since = undefined;
  }

  #forget(): void {
    this.#missing.clear();
    this.#unknown.clear();
    this.#isUnsure = false;
    this.#since = undefined;
  }
}
