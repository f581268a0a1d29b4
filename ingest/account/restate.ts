/**
 * Restating: what a changed registry moves, and rebuilding just that. A meter whose accounting rules changed
 * is accounted anew from raw; a camp whose ledger would read differently gets its ledger rebuilt from the
 * intervals that stand.
 */
import { monthOf } from '#lib/energy/calendar.ts';
import type { MeterRef } from '#lib/energy/reading.ts';
import type { Correction } from '#lib/registry/correction.ts';
import { rulesOf, type MeterRules, type ProfileBook, type ProfileRules } from '#lib/registry/meter-rules.ts';
import type { Registry } from '#lib/registry/types.ts';
import { spannedDates } from '#lib/server/restatement/camp-change.ts';
import { planRestatement, type CampToRestate, type Restatement } from '#lib/server/restatement/plan.ts';
import type { Store } from '#lib/server/store/store.ts';
import { ledgerOfMonth } from './ledger-room.ts';
import type { Pace } from './pace.ts';

/** What a meter's device profile says of it, by the registry that names the profile. */
export type ProfileRulesOf = (registry: Registry, profiles: ProfileBook) => (meter: MeterRef) => ProfileRules;

/** What accounts are made by, beside corrections. */
export interface Grounds {
  readonly registry: Registry;
  readonly profiles: ProfileBook;
}

export interface PlanParts {
  readonly store: Pick<Store, 'listMeters'>;
  readonly profileRulesOf: ProfileRulesOf;
  readonly corrections: readonly Correction[];
  /** false when the ledger of `before` was written before it told contributing units apart */
  readonly isByUnit?: boolean;
}

/** What has to be done to go from the accounts of `before` to those of `after`. @throws AppError */
export async function planOf(before: Grounds, after: Grounds, parts: PlanParts): Promise<Restatement> {
  const rulesBy = ({ registry, profiles }: Grounds): ((meter: MeterRef) => MeterRules) => {
    const ofProfile = parts.profileRulesOf(registry, profiles);
    return (meter) => rulesOf(registry, meter, ofProfile(meter));
  };
  return planRestatement(before.registry, after.registry, {
    meters: (await parts.store.listMeters()).map(({ meter }) => meter),
    corrected: parts.corrections.map(({ meter }) => meter),
    rulesBefore: rulesBy(before),
    rulesAfter: rulesBy(after),
    ...(parts.isByUnit !== undefined && { isByUnit: parts.isByUnit }),
  });
}

export interface RestateParts {
  readonly registry: Registry;
  readonly store: Store;
  readonly corrections: readonly Correction[];
  readonly pace: Pace;
}

/** Rebuilds the camp's ledger of those dates, month by month, from the interval energy in the store. @throws AppError; Stopped */
export async function restateCamp(at: CampToRestate, parts: RestateParts): Promise<void> {
  const { registry, store, pace } = parts;
  const { mission, camp } = at;
  const sources = { registry, held: () => undefined, store };
  for (const [month, dates] of Map.groupBy(await spannedDates(at, parts), monthOf)) {
    const ledger = await ledgerOfMonth({ mission, camp, month, dates: new Set(dates) }, sources, pace);
    for (const date of dates) {
      const ofDay = ledger.days.filter(({ period }) => period === date);
      await store.replaceLedger({ mission, camp, level: 'day', period: date }, ofDay);
      await pace.rest();
    }
    await store.replaceLedger({ mission, camp, level: 'month', period: month }, ledger.month);
  }
}
