/** A message's records while it is read: one for each set of captured names, filled field by field. */
import type { Values } from '#lib/energy/reading.ts';
import { CAPTURED_KEYS_MAX } from './json-path.ts';
import type { DeviceRecord, RecordInstant } from './profile.ts';
import type { RejectionList } from './rejection-list.ts';
import type { Captures } from './topic-pattern.ts';

/** More than any gateway has meters: what goes beyond is not a gateway's document. */
export const RECORDS_MAX = CAPTURED_KEYS_MAX;

export type Draft = {
  readonly captures: Captures;
  readonly values: Values;
  readonly rejections: RejectionList;
};

/** The drafts of one document, or of one instant of it, by what was captured. */
export class Drafts {
  readonly #byCaptures = new Map<string, Draft>();
  isFull = false;
  #last: Draft | undefined;
  readonly #rejections: RejectionList;

  constructor(rejections: RejectionList) {
    this.#rejections = rejections;
  }

  /** The draft for what was captured; undefined when there are {@link RECORDS_MAX} others already. */
  of(captures: Captures): Draft | undefined {
    // Most layouts capture nothing from the payload: then it is the topic's own map every time.
    if (this.#last?.captures === captures) return this.#last;
    const key = JSON.stringify([...captures]);
    const known = this.#byCaptures.get(key);
    if (known !== undefined) return (this.#last = known);
    if (this.#byCaptures.size >= RECORDS_MAX) {
      this.isFull = true;
      return undefined;
    }
    const draft = { captures, values: {}, rejections: this.#rejections };
    this.#byCaptures.set(key, draft);
    return (this.#last = draft);
  }

  /** Those with values. `instant` is what the format itself tells of their time, `timeOf` what the document does. */
  records(timeOf: (captures: Captures) => unknown, instant?: RecordInstant): DeviceRecord[] {
    return [...this.#byCaptures.values()].flatMap(({ captures, values }): DeviceRecord[] => {
      if (Object.keys(values).length === 0) return [];
      const record = { captures, values, time: timeOf(captures) };
      return [instant === undefined ? record : { ...record, instant }];
    });
  }
}

/** The drafts of a message that tells an instant with each value, by instant. */
export class InstantDrafts {
  readonly #byInstant = new Map<
    string,
    { readonly instant: RecordInstant | undefined; readonly drafts: Drafts }
  >();
  readonly #rejections: RejectionList;

  constructor(rejections: RejectionList) {
    this.#rejections = rejections;
  }

  at(instant: RecordInstant | undefined): Drafts {
    const key = instant === undefined ? '' : `${instant.kind} ${instant.ms}`;
    const known = this.#byInstant.get(key);
    if (known !== undefined) return known.drafts;
    const drafts = new Drafts(this.#rejections);
    this.#byInstant.set(key, { instant, drafts });
    return drafts;
  }

  records(): DeviceRecord[] {
    return [...this.#byInstant.values()].flatMap(({ instant, drafts }) =>
      drafts.records(() => undefined, instant),
    );
  }
}
