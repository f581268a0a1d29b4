/**
 * Targets and the path between them. A target is a renewable share of a calendar year's consumed
 * electricity; the years between two targets lie on a straight line and are marked as not official.
 *
 * A mission's own targets replace the Secretariat's from the first of them on. The last Secretariat target
 * before it still stands, as the point its line starts from: a mission whose own target is 80 % by 2030
 * was under 40 % by 2025, so 2026 stands at 48 %. Before the first target of all there is no path
 * (null); after the last one it stays where it is.
 */

export interface ShareTarget {
  readonly year: number;
  /** 0..1 of consumed electricity */
  readonly renewableShare: number;
}

export interface TargetOnPath {
  /** the next year with a target, or the last one when all have passed */
  readonly year: number;
  readonly share: number;
  /** 0..1, where the line stands in the year asked for */
  readonly pathShare: number;
  /** true when a target was adopted for the very year asked for; false when interpolated or carried on */
  readonly official: boolean;
}

/** UN Secretariat Climate Action Plan 2020–2030 (adopted September 2019): renewable share of consumed electricity. */
export const SECRETARIAT_TARGETS: readonly ShareTarget[] = [
  { year: 2025, renewableShare: 0.4 },
  { year: 2030, renewableShare: 0.8 },
];

/** The targets a mission is measured against, ascending by year; of two for one year the later in the list counts. */
export function targetsInForce(
  own: readonly ShareTarget[],
  secretariat: readonly ShareTarget[] = SECRETARIAT_TARGETS,
): readonly ShareTarget[] {
  const byYear = new Map(own.map((target) => [target.year, target]));
  const sorted = [...byYear.values()].sort((a, b) => a.year - b.year);
  const first = sorted[0];
  if (first === undefined) return secretariat;
  const start = secretariat.filter(({ year }) => year < first.year).at(-1);
  return start === undefined ? sorted : [start, ...sorted];
}

/** Where `year` stands on the path of `targets` (ascending by year); null before the first of them. */
export function targetOnPath(targets: readonly ShareTarget[], year: number): TargetOnPath | null {
  const before = targets.filter((target) => target.year <= year).at(-1);
  const next = targets.find((target) => target.year >= year);
  if (before === undefined) return null;
  const aim = next ?? before;
  const span = aim.year - before.year;
  const done = span === 0 ? 0 : (year - before.year) / span;
  return {
    year: aim.year,
    share: aim.renewableShare,
    pathShare: before.renewableShare + (aim.renewableShare - before.renewableShare) * done,
    official: aim.year === year,
  };
}

/** Percentage points by which a share is above (+) or below (−) the path; null without either. */
export function gapPp(share: number | null, target: TargetOnPath | null): number | null {
  return share === null || target === null ? null : (share - target.pathShare) * 100;
}
