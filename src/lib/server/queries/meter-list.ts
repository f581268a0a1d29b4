/**
 * The meters' page: which meters match, a bounded page of them, and how many are in each state. Whatever the size of
 * an installation, only the rows of one page are described and only their coverage is read.
 */
import { localDateOf } from '../../energy/calendar.ts';
import type { MeterRef } from '../../energy/reading.ts';
import { isInService } from '../../registry/in-service.ts';
import { campOf, missionOf } from '../../registry/lookup.ts';
import type { Registry } from '../../registry/types.ts';
import { isStale, listMeters, meterStatuses, type ListedMeter, type MeterFilter } from './meters.ts';
import type { MeterStatus } from './meter-types.ts';
import { withNewestValues } from './newest-values.ts';
import type { QueryContext } from './types.ts';

export const METERS_PER_PAGE = 50;

/** `never`: registered, in service, and nothing was ever heard of it. `ended`: its service is over. */
export const METER_STATES = ['speaking', 'silent', 'never', 'unassigned', 'ended'] as const;
export type MeterState = (typeof METER_STATES)[number];

export interface MeterListQuery extends MeterFilter {
  readonly state?: MeterState;
  /** words that must all stand in the names of meter, camp, mission or source */
  readonly text?: string;
  /** from 1; beyond the last it is the last */
  readonly page: number;
}

export interface MeterRow extends MeterStatus {
  readonly state: MeterState;
  readonly missionName: string;
  readonly campName: string;
  /** epoch ms, where its power is older than its newest reading */
  readonly powerAt: number | null;
}

export interface MeterListAnswer {
  readonly rows: readonly MeterRow[];
  readonly page: number;
  readonly pages: number;
  /** how many match, state included */
  readonly matching: number;
  /** how many match but for the state */
  readonly counts: Readonly<Record<MeterState | 'all', number>>;
}

export function stateOf(listed: ListedMeter, now: number): MeterState {
  const { meter, seen, zone } = listed;
  if (meter === undefined) return 'unassigned';
  if (!isInService(meter, localDateOf(now, zone))) return 'ended';
  if (seen === undefined) return 'never';
  return isStale(listed, now) ? 'silent' : 'speaking';
}

/** Without case and accents, so that "groupe electrogene" finds "Groupe électrogène". */
function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();
}

function namesOf(registry: Registry, { mission, camp }: MeterRef): { mission: string; camp: string } {
  return {
    mission: missionOf(registry, mission)?.name ?? mission,
    camp: campOf(registry, mission, camp)?.name ?? camp,
  };
}

function hasWords(registry: Registry, { ref, meter }: ListedMeter, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const { mission, camp } = namesOf(registry, ref);
  const all = folded([ref.key, meter?.name ?? '', meter?.source ?? '', mission, camp].join(' '));
  return words.every((word) => all.includes(word));
}

/** What the page shows of each meter, in the order given; reads the coverage of these alone. @throws AppError */
export async function meterRows(ctx: QueryContext, listed: readonly ListedMeter[]): Promise<MeterRow[]> {
  const statuses = await meterStatuses(ctx, await withNewestValues(ctx, listed));
  return statuses.map(({ listed: each, status }) => {
    const { mission, camp } = namesOf(ctx.registry, each.ref);
    const powerAt = each.toldAt?.activePowerW ?? null;
    return { ...status, state: stateOf(each, ctx.now), missionName: mission, campName: camp, powerAt };
  });
}

/** One page of the meters that match. @throws AppError */
export async function meterListAnswer(ctx: QueryContext, query: MeterListQuery): Promise<MeterListAnswer> {
  const { state, text = '', page, ...scope } = query;
  const words = folded(text).split(/\s+/).filter(Boolean);
  const counts = { all: 0, speaking: 0, silent: 0, never: 0, unassigned: 0, ended: 0 };
  const matching: ListedMeter[] = [];
  for (const listed of await listMeters(ctx, scope)) {
    if (!hasWords(ctx.registry, listed, words)) continue;
    const its = stateOf(listed, ctx.now);
    counts.all += 1;
    counts[its] += 1;
    if (state === undefined || state === its) matching.push(listed);
  }
  const pages = Math.max(1, Math.ceil(matching.length / METERS_PER_PAGE));
  const shown = Math.min(page, pages);
  const rows = matching.slice((shown - 1) * METERS_PER_PAGE, shown * METERS_PER_PAGE);
  return { rows: await meterRows(ctx, rows), page: shown, pages, matching: matching.length, counts };
}
