/** Why a mission is on course or not, in one sentence: the method, and the gap in energy and in solar plant. */
import type { OnCourse } from '#lib/energy/on-course.ts';
import { formatEnergy, formatNumber, formatPoints, formatShare } from '#lib/format/number.ts';
import { m } from '#lib/paraglide/messages.js';

export type CourseView = Pick<
  OnCourse,
  | 'trailingShare'
  | 'trailingMonths'
  | 'trendPpPerYear'
  | 'target'
  | 'projectedShare'
  | 'verdict'
  | 'gapPp'
  | 'missingWhPerYear'
  | 'missingSolarW'
  | 'specificYield'
>;

export function verdictWord(verdict: CourseView['verdict']): string | undefined {
  switch (verdict) {
    case 'on-course':
      return m.course_on();
    case 'off-course':
      return m.course_off();
    case 'unknown':
      return undefined;
  }
}

/** How the judgement came about: by the trend where there is one, by today's share where there is none. */
function methodSentence(course: CourseView, year: number, target: number, locale: string): string {
  const now = formatShare(course.trailingShare, locale);
  const aim = { year, target: formatShare(target, locale, 0) };
  if (course.projectedShare === null || course.trendPpPerYear === null)
    return m.course_why_share({ now, months: course.trailingMonths, ...aim });
  const trend = formatPoints(course.trendPpPerYear, locale);
  return m.course_why_trend({ now, trend, projected: formatShare(course.projectedShare, locale), ...aim });
}

/** What is missing a year at today's consumption; nothing for a mission that is on course. */
function gapSentence(course: CourseView, locale: string): string {
  const { gapPp, missingWhPerYear, missingSolarW, specificYield } = course;
  if (gapPp === null || gapPp >= 0 || missingWhPerYear === null || missingSolarW === null) return '';
  const told = {
    points: formatNumber(-gapPp, locale, 1),
    energy: formatEnergy(missingWhPerYear, locale),
    solar: `${formatNumber(missingSolarW / 1000, locale)}\u00a0kWp`,
    yield: formatNumber(specificYield.kWhPerKWp, locale),
  };
  return specificYield.isOwn ? m.course_gap_own(told) : m.course_gap_default(told);
}

/** Undefined where nothing can be judged. */
export function courseReason(course: CourseView, locale: string): string | undefined {
  if (course.verdict === 'unknown' || course.target === null) return undefined;
  const { year, renewableShare } = course.target;
  return [methodSentence(course, year, renewableShare, locale), gapSentence(course, locale)]
    .filter((sentence) => sentence !== '')
    .join(' ');
}
