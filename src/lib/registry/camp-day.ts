/**
 * Joins the registry to interval energy: all that the ledger of one camp's local day is made of. The worker
 * builds the ledger from it, and the queries their quarters of an hour, so both count the same meters.
 */
import type { EnergyInterval } from '../energy/interval.ts';
import { buildLedgerDay } from '../energy/ledger-build.ts';
import type { CampDay } from '../energy/ledger-split.ts';
import type { LedgerEntry } from '../energy/ledger.ts';
import { contributorOf } from '../energy/owner.ts';
import { gridRenewableFractionOn, isInService, ownerOn } from './in-service.ts';
import { campOf, missionOf } from './lookup.ts';
import type { Registry } from './types.ts';

export interface CampDayInput {
  readonly registry: Registry;
  readonly mission: string;
  readonly camp: string;
  /** local date of the mission */
  readonly date: string;
  /** by meter slug, then by the epoch ms of the interval's first instant; meters that nobody registered are passed over */
  readonly intervals: ReadonlyMap<string, ReadonlyMap<number, EnergyInterval>>;
}

/** The camp's day with the meters in service on it; undefined when the registry does not know the camp. */
export function campDay({ registry, mission, camp, date, intervals }: CampDayInput): CampDay | undefined {
  const ofMission = missionOf(registry, mission);
  const ofCamp = campOf(registry, mission, camp);
  if (ofMission === undefined || ofCamp === undefined) return undefined;
  const meters = Object.entries(ofCamp.meters).flatMap(([slug, meter]) => {
    const known = intervals.get(slug);
    if (known === undefined || !isInService(meter, date)) return [];
    const owner = ownerOn(meter, date);
    const { source, ratedW } = meter;
    const contributor = contributorOf(owner);
    return [{ source, ownership: owner.ownership, contributor, ratedW, intervals: known }];
  });
  const gridRenewableFraction = gridRenewableFractionOn(ofMission, ofCamp, date);
  return { mission, camp, date, zone: ofMission.zone, gridRenewableFraction, meters };
}

/** The ledger of one camp's local day; nothing when the registry does not know the camp. */
export function buildCampLedgerDay(input: CampDayInput): LedgerEntry[] {
  const day = campDay(input);
  return day === undefined ? [] : buildLedgerDay(day);
}
