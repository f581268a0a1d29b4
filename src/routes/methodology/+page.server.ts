/** What this installation calculates with, read from the modules that calculate. */
import { COVERAGE_THRESHOLDS } from '#lib/energy/coverage.ts';
import { defaultLitresPerKWh, factorSetsWith, IPCC_2006_DIESEL } from '#lib/energy/factors.ts';
import { LOAD_BANDS } from '#lib/energy/genset.ts';
import { TREND_MONTHS } from '#lib/energy/on-course.ts';
import { SECRETARIAT_TARGETS, targetOnPath } from '#lib/energy/targets.ts';
import { MAX_GAP_FILL } from '#lib/energy/what-changed.ts';
import { registryVersions } from '#lib/server/context.ts';
import type { PageServerLoad } from './$types';

const LOADS = [0.25, 0.5, 0.75, 1];
const SIZES_W = [20_000, 100_000, 500_000];

/** Every year from the first target to the last. */
function targetYears() {
  const first = SECRETARIAT_TARGETS[0]?.year ?? 0;
  const last = SECRETARIAT_TARGETS.at(-1)?.year ?? 0;
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const year = first + index;
    const point = targetOnPath(SECRETARIAT_TARGETS, year);
    return { year, share: point?.pathShare ?? 0, official: point?.official ?? false };
  });
}

export const load: PageServerLoad = async () => ({
  thresholds: COVERAGE_THRESHOLDS,
  targets: targetYears(),
  // What is in force here; figures of no mission are in it.
  factors: factorSetsWith((await registryVersions()).current().registry.factors),
  fuel: IPCC_2006_DIESEL,
  loads: LOADS,
  curves: SIZES_W.map((ratedW) => ({
    ratedW,
    litresPerKWh: LOADS.map((load) => defaultLitresPerKWh({ ratedW, meanPowerW: ratedW * load })),
  })),
  bands: LOAD_BANDS,
  trendMonths: TREND_MONTHS,
  maxGapFill: MAX_GAP_FILL,
});
