/** What a mission's or a camp's page and its CSV both show: one period, one step, one answer. */
import { error } from '@sveltejs/kit';
import { countDays } from '#lib/energy/calendar.ts';
import { campEnergyAnswer, missionEnergyAnswer } from '#lib/server/queries/energy.ts';
import type {
  CampEnergyAnswer,
  EnergyAnswer,
  EnergyBucket,
  EnergyStep,
  Period,
  QueryContext,
} from '#lib/server/queries/types.ts';
import { readPeriod } from '../../period.ts';
import { toWeeks } from './weeks.ts';

export const PAGE_STEPS = ['hour', 'day', 'week', 'month'] as const;
export type PageStep = (typeof PAGE_STEPS)[number];

/** Days that a step can show: about 400 columns at most. */
const MAX_DAYS: Readonly<Record<PageStep, number>> = { hour: 16, day: 400, week: 1_830, month: 12_000 };
const QUERY_STEP: Readonly<Record<PageStep, EnergyStep>> = {
  hour: '1h',
  day: '1d',
  week: '1d',
  month: '1mo',
};
/** Days are read for weeks too, and the query reads at most this many. */
export const MAX_QUERY_DAYS = 400;

function fits(step: PageStep, period: Period): boolean {
  const days = countDays(period);
  return days <= MAX_DAYS[step] && (QUERY_STEP[step] !== '1d' || days <= MAX_QUERY_DAYS);
}

function defaultStep(period: Period): PageStep {
  const days = countDays(period);
  if (days <= 2) return 'hour';
  if (days <= 45) return 'day';
  return days <= 200 ? 'week' : 'month';
}

/** A mission, or one camp of it. */
export interface Place {
  readonly mission: string;
  readonly camp?: string | undefined;
}

export interface EnergyPage {
  readonly answer: EnergyAnswer | CampEnergyAnswer;
  readonly step: PageStep;
  readonly steps: readonly PageStep[];
}

async function energyAnswer(
  ctx: QueryContext,
  { mission, camp }: Place,
  range: { period: Period; step: EnergyStep },
): Promise<EnergyAnswer | CampEnergyAnswer> {
  const answer =
    camp === undefined
      ? await missionEnergyAnswer(ctx, { mission, ...range })
      : await campEnergyAnswer(ctx, { mission, camp, ...range });
  if (answer === undefined) error(404, { message: 'Not found' });
  return answer;
}

export async function energyPage(ctx: QueryContext, place: Place, url: URL): Promise<EnergyPage> {
  const period = readPeriod(url, ctx.now);
  const asked = PAGE_STEPS.find((step) => step === url.searchParams.get('step'));
  const step = asked !== undefined && fits(asked, period) ? asked : defaultStep(period);
  const answer = await energyAnswer(ctx, place, { period, step: QUERY_STEP[step] });
  return {
    answer: step === 'week' ? { ...answer, buckets: toWeeks(answer.buckets) } : answer,
    step,
    steps: PAGE_STEPS.filter((each) => fits(each, period)),
  };
}

/** The days of the period; null when there are more than a page can show. */
export async function energyDays(
  ctx: QueryContext,
  place: Place,
  period: Period,
): Promise<readonly EnergyBucket[] | null> {
  if (countDays(period) > MAX_QUERY_DAYS) return null;
  return (await energyAnswer(ctx, place, { period, step: '1d' })).buckets;
}
