/**
 * The registry and the profiles' rules that accounts and ledger are made by, as against those in force: what lies between the two
 * is planned, done and then remembered in the journal, so that a crash in the middle does it again.
 */
import type { MeterRef } from '#lib/energy/reading.ts';
import type { Correction } from '#lib/registry/correction.ts';
import type { ProfileBook } from '#lib/registry/meter-rules.ts';
import { joinSpans } from '#lib/registry/ledger-basis.ts';
import type { Registry } from '#lib/registry/types.ts';
import type { CampToRestate } from '#lib/server/restatement/plan.ts';
import type { Store } from '#lib/server/store/store.ts';
import { LEDGER_VERSION, type Bookmarks } from './bookmarks.ts';
import type { Pace } from './pace.ts';
import { planOf, restateCamp, type Grounds, type ProfileRulesOf } from './restate.ts';

export interface AppliedRegistryParts {
  readonly store: Store;
  readonly bookmarks: Pick<Bookmarks, 'accounted' | 'saveAccounted'>;
  /** in force at the start */
  readonly registry: Registry;
  /** in force at the start */
  readonly profiles: ProfileBook;
  readonly profileRulesOf: ProfileRulesOf;
  /** in force: what they fill counts where no meter ever spoke, too */
  readonly corrections: () => readonly Correction[];
}

export class AppliedRegistry {
  readonly #parts: AppliedRegistryParts;
  readonly #camps = new Map<string, CampToRestate>();
  #current: Grounds;
  #isSaved: boolean;
  #isByUnit: boolean;

  constructor(parts: AppliedRegistryParts) {
    this.#parts = parts;
    const accounted = parts.bookmarks.accounted();
    const { registry, profiles } = accounted ?? parts;
    // Versions that wrote no profiles down had them as they are now, but for how long a value holds.
    this.#current = { registry, profiles: profiles ?? withoutExpiry(parts.profiles) };
    this.#isSaved = accounted !== undefined;
    this.#isByUnit = accounted === undefined || accounted.ledgerVersion === LEDGER_VERSION;
  }

  get current(): Registry {
    return this.#current.registry;
  }

  /** Goes over to `after`. Returns the meters to account anew; the camps to restate are kept. @throws AppError */
  async plan(after: Grounds): Promise<readonly MeterRef[]> {
    if (this.#current.registry === after.registry && this.#current.profiles === after.profiles) return [];
    const { meters, camps } = await planOf(this.#current, after, {
      ...this.#parts,
      isByUnit: this.#isByUnit,
      corrections: this.#parts.corrections(),
    });
    for (const camp of camps) {
      const key = `${camp.mission}/${camp.camp}`;
      // What a change before this one has still to restate is not forgotten.
      const spans = joinSpans(this.#camps.get(key)?.spans ?? [], camp.spans);
      this.#camps.set(key, { ...camp, spans });
    }
    this.#current = after;
    this.#isByUnit = true;
    this.#isSaved = false;
    return meters;
  }

  /** @throws AppError; Stopped. What is not restated then is the next time. */
  async restateCamps(pace: Pace): Promise<void> {
    for (const [key, camp] of this.#camps) {
      await restateCamp(camp, {
        registry: this.#current.registry,
        store: this.#parts.store,
        corrections: this.#parts.corrections(),
        pace,
      });
      this.#camps.delete(key);
    }
  }

  /** To be called when all that {@link plan} gave is done and in the store. */
  save(): void {
    if (this.#isSaved || this.#camps.size > 0) return;
    this.#parts.bookmarks.saveAccounted(this.#current);
    this.#isSaved = true;
  }
}

function withoutExpiry(profiles: ProfileBook): ProfileBook {
  return Object.fromEntries(
    Object.entries(profiles).map(([name, { expireAfterMs: _, ...registers }]) => [name, registers]),
  );
}
