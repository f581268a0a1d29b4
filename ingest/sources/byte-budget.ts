/** So many bytes a second, and a store of them for when much comes at once: what is overheard must not fill a disk. */
export class ByteBudget {
  readonly #perS: number;
  readonly #max: number;
  #left: number;
  #at: number;

  /** @param now epoch ms */
  constructor({ perS, max, now }: { perS: number; max: number; now: number }) {
    this.#perS = perS;
    this.#max = max;
    this.#left = max;
    this.#at = now;
  }

  /** Takes `bytes` if there are as many. A clock set back gives nothing and takes nothing. */
  take(bytes: number, now: number): boolean {
    this.#left = Math.min(this.#max, this.#left + (Math.max(0, now - this.#at) * this.#perS) / 1_000);
    this.#at = now;
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}
