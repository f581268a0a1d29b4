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
import { rulesOf, type ProfileRegisters } from '#lib/registry/meter-rules.ts';
import type { Registry } from '#lib/registry/types.ts';
import type { Store } from '#lib/server/store/store.ts';
import { ledgerOfDay } from './ledger-room.ts';

export interface Restatement {
  /** to be accounted anew from raw readings */
  readonly meters: readonly MeterRef[];
  /** whose ledger is to be rebuilt */
  readonly camps: readonly { mission: string; camp: string }[];
}

/** What has to be done to go from the accounts of `before` to those of `after`. @throws AppError */
export async function planRestatement(
  before: Registry,
  after: Registry,
  { store, registerDefaults }: { store: Store; registerDefaults: (meter: MeterRef) => ProfileRegisters },
): Promise<Restatement> {
  const seen = await store.listMeters();
  const meters = seen
    .map(({ meter }) => meter)
    .filter((meter) => {
      const defaults = registerDefaults(meter);
      return !isSame(rulesOf(before, meter, defaults), rulesOf(after, meter, defaults));
    });
  const camps = new Map(
    seen.map(({ meter: { mission, camp } }) => [`${mission}/${camp}`, { mission, camp }]),
  );
  return {
    meters,
    camps: [...camps.values()].filter((camp) => !isSame(ledgerBasis(before, camp), ledgerBasis(after, camp))),
  };
}

/** All of the registry that a camp's ledger depends on. */
function ledgerBasis(registry: Registry, { mission, camp }: { mission: string; camp: string }): unknown {
  const ofMission = missionOf(registry, mission);
  const ofCamp = campOf(registry, mission, camp);
  if (ofMission === undefined || ofCamp === undefined) return null;
  return {
    zone: ofMission.zone,
    grid: ofCamp.grid ?? ofMission.grid,
    meters: Object.entries(ofCamp.meters)
      .map(([slug, { source, ownership, ratedW, from, to }]) => [slug, source, ownership, ratedW, from, to])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Rebuilds a camp's ledger, month by month, from the interval energy in the store. @throws AppError */
export async function restateCamp(
  at: { mission: string; camp: string },
  registry: Registry,
  store: Store,
): Promise<void> {
  const zone = missionOf(registry, at.mission)?.zone;
  const seen = await store.listMeters(at);
  if (zone === undefined || seen.length === 0) return;
  const firsts = await Promise.all(seen.map(({ meter }) => store.readingFrom(meter, 0)));
  const firstAt = Math.min(...firsts.map((reading) => reading?.at ?? Infinity));
  const lastAt = Math.max(...seen.map((meter) => meter.lastAt));
  const lastDate = localDateOf(lastAt, zone);
  let month: { name: string; entries: LedgerEntry[] } | undefined;
  for (let date = localDateOf(firstAt, zone); date <= lastDate; date = addDays(date, 1)) {
    if (month?.name !== monthOf(date)) {
      if (month !== undefined) await replaceMonth(month);
      month = { name: monthOf(date), entries: [] };
    }
    const entries = await ledgerOfDay({ ...at, date }, registry, { held: () => undefined, store });
    await store.replaceLedger({ ...at, level: 'day', period: date }, entries);
    month.entries.push(...entries);
  }
  if (month !== undefined) await replaceMonth(month);

  async function replaceMonth({ name, entries }: { name: string; entries: LedgerEntry[] }): Promise<void> {
    await store.replaceLedger({ ...at, level: 'month', period: name }, buildLedgerMonth(entries));
  }
}
