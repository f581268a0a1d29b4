/**
 * Restating: what a changed registry moves, and rebuilding just that. A meter whose accounting rules changed
 * is accounted anew from raw; a camp whose ledger would read differently gets its ledger rebuilt from the
 * intervals that stand.
 */
import { addDays, localDateOf, monthOf } from '#lib/energy/calendar.ts';
import { buildLedgerMonth } from '#lib/energy/ledger-build.ts';
import type { LedgerEntry } from '#lib/energy/ledger.ts';
import type { MeterRef } from '#lib/energy/reading.ts';
import { campOf, missionOf } from '#lib/registry/lookup.ts';
import type { Correction } from '#lib/registry/correction.ts';
import { rulesOf, type ProfileRegisters } from '#lib/registry/meter-rules.ts';
import type { Registry } from '#lib/registry/types.ts';
import type { Store } from '#lib/server/store/store.ts';
import { ledgerOfDay } from './ledger-room.ts';
import type { Pace } from './pace.ts';

/** What a meter's device profile says of its registers, by the registry that names the profile. */
export type RegisterDefaultsOf = (registry: Registry) => (meter: MeterRef) => ProfileRegisters;

export interface CampToRestate {
  readonly mission: string;
  readonly camp: string;
  /** in force now or, when the mission is no longer registered, until now */
  readonly zone: string;
}

export interface Restatement {
  /** to be accounted anew from raw readings, by the rules of the new registry */
  readonly meters: readonly MeterRef[];
  /** whose ledger is to be rebuilt */
  readonly camps: readonly CampToRestate[];
}

export interface PlanParts {
  readonly store: Pick<Store, 'listMeters'>;
  readonly registerDefaultsOf: RegisterDefaultsOf;
  readonly corrections: readonly Correction[];
  /** false when the ledger of `before` was written before it told contributing units apart */
  readonly isByUnit?: boolean;
}

/** What has to be done to go from the accounts of `before` to those of `after`. @throws AppError */
export async function planRestatement(
  before: Registry,
  after: Registry,
  parts: PlanParts,
): Promise<Restatement> {
  const seen = (await parts.store.listMeters()).map(({ meter }) => meter);
  const defaultsBefore = parts.registerDefaultsOf(before);
  const defaultsAfter = parts.registerDefaultsOf(after);
  const meters = seen.filter(
    (meter) =>
      !isSame(rulesOf(before, meter, defaultsBefore(meter)), rulesOf(after, meter, defaultsAfter(meter))),
  );
  const camps = new Map<string, CampToRestate>();
  for (const { mission, camp } of [...seen, ...parts.corrections.map(({ meter }) => meter)]) {
    const zone = (missionOf(after, mission) ?? missionOf(before, mission))?.zone;
    if (zone === undefined) continue;
    const basis = ledgerBasis(before, { mission, camp }, parts.isByUnit);
    if (isSame(basis, ledgerBasis(after, { mission, camp }))) continue;
    camps.set(`${mission}/${camp}`, { mission, camp, zone });
  }
  return { meters, camps: [...camps.values()] };
}

/** All of the registry that a camp's ledger depends on. */
function ledgerBasis(
  registry: Registry,
  { mission, camp }: { mission: string; camp: string },
  isByUnit = true,
): unknown {
  const ofMission = missionOf(registry, mission);
  const ofCamp = campOf(registry, mission, camp);
  if (ofMission === undefined || ofCamp === undefined) return null;
  return {
    zone: ofMission.zone,
    grid: ofCamp.grid ?? ofMission.grid,
    meters: Object.entries(ofCamp.meters)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([slug, { source, ownership, ratedW, from, to, unit, country, owners }]) => [
        [slug, source, ownership, ratedW, from, to],
        isByUnit ? { unit, country, owners } : {},
      ]),
  };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export interface RestateParts {
  readonly registry: Registry;
  readonly store: Store;
  readonly corrections: readonly Correction[];
  readonly pace: Pace;
}

/** Rebuilds a camp's ledger, month by month, from the interval energy in the store. @throws AppError; Stopped */
export async function restateCamp(at: CampToRestate, parts: RestateParts): Promise<void> {
  const { registry, store, pace } = parts;
  const { mission, camp } = at;
  const dates = await datesOf(at, parts);
  for (const [month, ofMonth] of Map.groupBy(dates, monthOf)) {
    const entries: LedgerEntry[] = [];
    for (const date of ofMonth) {
      await pace.rest();
      const ofDay = await ledgerOfDay({ mission, camp, date }, { registry, held: () => undefined, store });
      await store.replaceLedger({ mission, camp, level: 'day', period: date }, ofDay);
      entries.push(...ofDay);
    }
    await store.replaceLedger({ mission, camp, level: 'month', period: month }, buildLedgerMonth(entries));
  }
}

/** Every local date the camp may have energy on, whatever its zone was before. */
async function datesOf(
  { mission, camp, zone }: CampToRestate,
  { store, corrections }: Pick<RestateParts, 'store' | 'corrections'>,
): Promise<string[]> {
  const seen = await store.listMeters({ mission, camp });
  const firsts = await Promise.all(seen.map(({ meter }) => store.readingFrom(meter, 0)));
  const filled = corrections.filter(({ meter }) => meter.mission === mission && meter.camp === camp);
  const earliest = [
    ...firsts.flatMap((reading) => (reading === undefined ? [] : [reading.at])),
    ...filled.map(({ from }) => from),
  ];
  const latest = [...seen.map(({ lastAt }) => lastAt), ...filled.map(({ to }) => to)];
  if (earliest.length === 0) return [];
  const last = addDays(localDateOf(Math.max(...latest), zone), 1);
  const dates: string[] = [];
  for (let date = addDays(localDateOf(Math.min(...earliest), zone), -1); date <= last;) {
    dates.push(date);
    date = addDays(date, 1);
  }
  return dates;
}
