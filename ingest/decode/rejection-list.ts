/**
 * The rejections of one message. A message may hold tens of thousands of bad elements: the first hundred are
 * told one by one, the rest are counted in a last line, and no line is longer than somebody reads (a topic alone may
 * have 65,535 bytes). The message itself is kept whole either way.
 */
import type { Rejection, RejectionReason } from './message.ts';

const TOLD_ONE_BY_ONE = 100;
const DETAIL_CHARS_MAX = 1_000;
const NONE: readonly Rejection[] = Object.freeze([]);

export class RejectionList {
  #told: Rejection[] | undefined;
  #untold = 0;

  add(reason: RejectionReason, detail: () => string): void {
    this.#told ??= [];
    if (this.#told.length < TOLD_ONE_BY_ONE) this.#told.push({ reason, detail: clipped(detail()) });
    else this.#untold += 1;
  }

  get isEmpty(): boolean {
    return this.#told === undefined;
  }

  toArray(): readonly Rejection[] {
    if (this.#told === undefined) return NONE;
    const last = this.#told.at(-1);
    if (this.#untold === 0 || last === undefined) return this.#told;
    return [...this.#told, { reason: last.reason, detail: `and ${this.#untold} more of this message` }];
  }
}

function clipped(detail: string): string {
  return detail.length <= DETAIL_CHARS_MAX ? detail : `${detail.slice(0, DETAIL_CHARS_MAX)}…`;
}
