/**
 * What the accounts are made by: the registry, what device profiles say of registers, and the corrections. What
 * is in force may have moved on since: `apply` brings the accounts over to it, `save` remembers that all of it
 * is done.
 */
import type { MeterRef } from '#lib/energy/reading.ts';
import type { Correction } from '#lib/registry/correction.ts';
import { rulesOf, type MeterRules, type ProfileBook, type ProfileRules } from '#lib/registry/meter-rules.ts';
import type { Registry } from '#lib/registry/types.ts';
import type { Store } from '#lib/server/store/store.ts';
import { AppliedCorrections } from './applied-corrections.ts';
import { AppliedRegistry } from './applied-registry.ts';
import type { Bookmarks } from './bookmarks.ts';
import { recount, restart, type MeterAccount } from './meter-account.ts';
import type { Pace } from './pace.ts';
import type { ProfileRulesOf } from './restate.ts';

export interface BasisParts {
  readonly store: Store;
  readonly bookmarks: Bookmarks;
  /** in force at the start */
  readonly registry: Registry;
  /** what device profiles say, in force at the start; default: nothing */
  readonly profiles?: ProfileBook;
  readonly profileRulesOf: ProfileRulesOf;
  /** in force at the start */
  readonly corrections?: readonly Correction[];
  /** superseded or withdrawn */
  readonly endedCorrections?: readonly Correction[];
}

export class Basis {
  readonly #parts: BasisParts;
  readonly #applied: AppliedRegistry;
  readonly #corrections: AppliedCorrections;
  #registry: Registry;
  #profiles: ProfileBook;
  #profileRules: (meter: MeterRef) => ProfileRules;

  constructor(parts: BasisParts) {
    const { bookmarks, registry, profiles = {}, corrections = [], endedCorrections = [] } = parts;
    this.#parts = parts;
    this.#registry = registry;
    this.#profiles = profiles;
    this.#profileRules = parts.profileRulesOf(registry, profiles);
    this.#corrections = new AppliedCorrections(bookmarks, corrections, endedCorrections);
    this.#applied = new AppliedRegistry({ ...parts, profiles, corrections: () => this.#corrections.inForce });
  }

  /** The registry that accounts and ledger are made by, since the last {@link apply}. */
  get accountedRegistry(): Registry {
    return this.#applied.current;
  }

  useRegistry(registry: Registry, profiles = this.#profiles): void {
    this.#registry = registry;
    this.#profiles = profiles;
    this.#profileRules = this.#parts.profileRulesOf(registry, profiles);
  }

  useCorrections(corrections: readonly Correction[]): void {
    this.#corrections.use(corrections);
  }

  rulesOf(meter: MeterRef): MeterRules {
    const overlay = this.#corrections.overlayOf(meter);
    const rules = rulesOf(this.#registry, meter, this.#profileRules(meter));
    return overlay === undefined ? rules : { ...rules, overlay };
  }

  /** Makes late what the changes since the last time move. Returns the meters it is about. @throws AppError */
  async apply(accountOf: (meter: MeterRef) => MeterAccount): Promise<readonly MeterRef[]> {
    const restarted = await this.#applied.plan({ registry: this.#registry, profiles: this.#profiles });
    for (const meter of restarted) restart(accountOf(meter), this.rulesOf(meter));
    const corrected = this.#corrections.plan();
    for (const { meter, days } of corrected) recount(accountOf(meter), this.rulesOf(meter), days);
    return [...restarted, ...corrected.map(({ meter }) => meter)];
  }

  /** @throws AppError; Stopped. What is not restated then is the next time. */
  async restateCamps(pace: Pace): Promise<void> {
    await this.#applied.restateCamps(pace);
  }

  /** To be called when all that {@link apply} made late is accounted and in the store. */
  save(): void {
    this.#applied.save();
    this.#corrections.save();
  }
}
