/**
 * The corrections that the accounts are made by, as against those in force: the days of meters that lie
 * between the two are planned, recomputed and then remembered in the journal, so that a crash in the middle
 * does it again. Nothing else is touched.
 */
import { overlayOf, type Overlay } from '#lib/energy/correction.ts';
import type { MeterRef } from '#lib/energy/reading.ts';
import { daysOfRanges, type Correction } from '#lib/registry/correction.ts';
import type { AccountedCorrection, Bookmarks } from './bookmarks.ts';

export interface DaysToCorrect {
  readonly meter: MeterRef;
  /** UTC days */
  readonly days: ReadonlySet<number>;
}

type Memory = Pick<Bookmarks, 'accountedCorrections' | 'accounted' | 'saveAccountedCorrections'>;

export class AppliedCorrections {
  readonly #bookmarks: Memory;
  #inForce: readonly Correction[];
  #overlays = new Map<string, Overlay>();
  /** what the overlays are of: an account opened before the next plan must not run ahead of it */
  #overlaid: readonly Correction[] = [];
  /** what stored days are made by, or may be */
  #accounted: readonly AccountedCorrection[];
  #planned: readonly Correction[] | undefined;

  /** @param ended what a journal that was lost may have accounted by */
  constructor(bookmarks: Memory, inForce: readonly Correction[], ended: readonly Correction[]) {
    this.#bookmarks = bookmarks;
    const isJournalNew = bookmarks.accounted() === undefined;
    this.#accounted = [
      ...(isJournalNew ? ended.map((each) => ({ ...each, isDone: false })) : []),
      ...bookmarks.accountedCorrections(),
    ];
    this.#inForce = inForce;
    this.#overlay(inForce);
  }

  get inForce(): readonly Correction[] {
    return this.#inForce;
  }

  use(corrections: readonly Correction[]): void {
    this.#inForce = corrections;
  }

  overlayOf(meter: MeterRef): Overlay | undefined {
    return this.#overlays.get(meter.key);
  }

  /**
   * The days of meters that corrections added or ended since have moved; asked again, only what came since then.
   * From here on days may be accounted by those in force, and the journal says so.
   */
  plan(): DaysToCorrect[] {
    const inForce = this.#inForce;
    if (this.#planned === inForce) return [];
    const known = new Map(this.#accounted.map((each) => [each.id, each]));
    const planned = new Set(this.#planned?.map(({ id }) => id));
    const isInForce = new Set(inForce.map(({ id }) => id));
    const opened = this.#overlaid.filter(({ id }) => !known.has(id));
    const ended = [...this.#accounted, ...opened.map((each) => ({ ...each, isDone: false }))].filter(
      ({ id }) => !isInForce.has(id),
    );
    const begun = inForce.filter(({ id }) => known.get(id)?.isDone !== true);
    const moved = [...ended, ...begun.filter(({ id }) => !planned.has(id))];
    this.#planned = inForce;
    this.#overlay(inForce);
    if (moved.length === 0) return [];
    const isDone = (id: number): boolean => isInForce.has(id) && known.get(id)?.isDone === true;
    this.#remember([...ended, ...inForce].map((each) => ({ ...each, isDone: isDone(each.id) })));
    return [...Map.groupBy(moved, ({ meter }) => meter.key).values()].flatMap((ofMeter) => {
      const [first] = ofMeter;
      return first === undefined ? [] : [{ meter: first.meter, days: daysOfRanges(ofMeter) }];
    });
  }

  /** To be called when all that {@link plan} gave is done and in the store. */
  save(): void {
    const planned = this.#planned ?? [];
    const isSame = this.#accounted.length === planned.length && this.#accounted.every(({ isDone }) => isDone);
    if (!isSame) this.#remember(planned.map((each) => ({ ...each, isDone: true })));
  }

  #remember(accounted: readonly AccountedCorrection[]): void {
    this.#bookmarks.saveAccountedCorrections(accounted);
    this.#accounted = accounted;
  }

  #overlay(inForce: readonly Correction[]): void {
    this.#overlaid = inForce;
    this.#overlays = new Map();
    for (const [meter, corrections] of Map.groupBy(inForce, (each) => each.meter.key)) {
      const overlay = overlayOf(corrections);
      if (overlay !== undefined) this.#overlays.set(meter, overlay);
    }
  }
}
