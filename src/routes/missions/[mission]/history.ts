/**
 * An environment officer's questions about a mission or one camp over any period: how the share moved, what
 * changed it, how high the demand was, day by day. All of it stands in the address, so that a link shows what I see.
 */
import { error } from '@sveltejs/kit';
import type { DayView } from '#lib/components/mission/day-view.ts';
import { addDays, countDays, localDateOf } from '#lib/energy/calendar.ts';
import { datedFacts } from '#lib/registry/facts.ts';
import { missionOf } from '#lib/registry/lookup.ts';
import { campCoverageAnswer } from '#lib/server/queries/camp-coverage.ts';
import { noteStore } from '#lib/server/context.ts';
import { loadDurationAnswer, MAX_DURATION_DAYS } from '#lib/server/queries/load-duration.ts';
import type {
  ChangeAgainst,
  ChangeAnswer,
  EnergyBucket,
  Period,
  QueryContext,
} from '#lib/server/queries/types.ts';
import { changeAnswer } from '#lib/server/queries/what-changed.ts';
import { periodChoices } from '../../period.ts';
import { energyDays, energyPage, MAX_QUERY_DAYS, type Place } from './energy-page.ts';

/** Up to this many days the load duration is read at once; of a longer period its last month, until asked for all. */
const DURATION_DAYS = 62;
const LAST_DAYS = 31;

function readAgainst(url: URL): ChangeAgainst | undefined {
  const asked = url.searchParams.get('against');
  return asked === 'before' || asked === 'year' ? asked : undefined;
}

/** What the share changed by, as the address asks. @throws 404 */
export async function historyChange(
  ctx: QueryContext,
  place: Place,
  { period, url }: { period: Period; url: URL },
): Promise<ChangeAnswer> {
  const change = await changeAnswer(ctx, { ...place, period, against: readAgainst(url) });
  if (change === undefined) error(404, { message: 'Not found' });
  return change;
}

/** The days whose load duration is shown: the whole period where it is short or asked for, else its last days. */
export async function historyDuration(
  ctx: QueryContext,
  place: Place,
  { period, zone, url }: { period: Period; zone: string; url: URL },
) {
  const today = localDateOf(ctx.now, zone);
  const to = period.to > today && period.from <= today ? today : period.to;
  const days = countDays({ from: period.from, to });
  const canBeWhole = days <= MAX_DURATION_DAYS;
  const isWhole = days <= DURATION_DAYS || (canBeWhole && url.searchParams.get('load') === 'all');
  const shown = isWhole ? { from: period.from, to } : { from: addDays(to, 1 - LAST_DAYS), to };
  const answer = await loadDurationAnswer(ctx, { ...place, period: shown });
  return {
    period: shown,
    days: countDays(shown),
    isWhole,
    canBeWhole,
    ...(answer ?? { curve: null, knownTime: 0 }),
  };
}

function toDay({ start, renewableShare, electricityWh, coverage }: EnergyBucket): DayView {
  return { date: start.slice(0, 10), share: renewableShare, energyWh: electricityWh.total, coverage };
}

export async function historyPage(ctx: QueryContext, place: Place, url: URL) {
  const { answer, step, steps } = await energyPage(ctx, place, url);
  const { period, zone, summary, buckets } = answer;
  const today = localDateOf(ctx.now, zone);
  const [change, duration, days, known] = await Promise.all([
    historyChange(ctx, place, { period, url }),
    historyDuration(ctx, place, { period, zone, url }),
    energyDays(ctx, place, period),
    campCoverageAnswer(ctx, { ...place, period }),
  ]);
  const mission = missionOf(ctx.registry, place.mission);
  const notes = (await noteStore()).current().filter((note) => note.mission === place.mission);
  return {
    mission: place.mission,
    camp: place.camp ?? null,
    today,
    facts: mission === undefined ? [] : datedFacts(mission, period, { camp: place.camp, notes }),
    period,
    zone,
    step,
    steps,
    summary,
    buckets,
    change,
    duration,
    // Of days to come there is nothing to draw, not even a gap.
    days: days?.map(toDay).filter(({ date }) => date <= today) ?? null,
    known: known ?? null,
    maxDays: MAX_QUERY_DAYS,
    choices: periodChoices(ctx.now, zone),
  };
}
