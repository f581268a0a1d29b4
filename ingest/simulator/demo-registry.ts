/**
 * The registry that belongs to the simulated camps. Every mission is marked as an example, so that no page
 * can show its figures as somebody's.
 */
import { stringifyRegistry } from '#lib/registry/stringify.ts';
import type { Camp, DeviceSource, Meter, Mission, Pledge, Registry } from '#lib/registry/types.ts';
import { faultsOf } from './faults.ts';
import { deviceSources } from './devices.ts';
import { ROTATION_DAY } from './load.ts';
import type { CampPlan, MeterPlan, MissionPlan } from './plan.ts';
import { DAY_MS, defaultStartAt, demoScenario } from './scenario.ts';

/**
 * Seconds. Meters log every quarter of an hour and speak every few seconds when live; three times this is
 * the longest silence that counts as none, so a quarter-hour is just not a gap.
 */
const EXPECTED_INTERVAL_S = 300;

/** People are counted as units rotate and between, the last time some weeks before the history ends: no count is stale. */
const COUNT_DAYS = [0, 0.5, 1, 1.5, 2].map((rotations) => rotations * ROTATION_DAY);

/** The registry of the demo whose history begins at `startAt` (epoch ms; default: fourteen months ago). */
export function demoRegistry({ startAt = defaultStartAt(Date.now()) }: { startAt?: number } = {}): Registry {
  const scenario = demoScenario({ startAt });
  const dateOf = (day: number) => new Date(scenario.startAt + day * DAY_MS).toISOString().slice(0, 10);
  return {
    missions: Object.fromEntries(scenario.missions.map((plan) => [plan.slug, missionOf(plan, dateOf)])),
    pledges: scenario.missions.flatMap((plan) => pledgesOf(plan, dateOf)),
    sources: scenario.missions.flatMap(({ slug, camps }) =>
      camps.flatMap((camp): DeviceSource[] => deviceSources(slug, camp)),
    ),
  };
}

/** {@link demoRegistry} as a registry file. */
export function demoRegistryYaml(options: { startAt?: number } = {}): string {
  return stringifyRegistry(demoRegistry(options));
}

type DateOf = (day: number) => string;

function missionOf(plan: MissionPlan, dateOf: DateOf): Mission {
  return {
    name: plan.name,
    country: plan.country,
    zone: plan.zone,
    example: true,
    targets: plan.targets,
    grid: [{ from: dateOf(-365), renewableFraction: plan.gridRenewable, source: plan.gridSource }],
    camps: Object.fromEntries(plan.camps.map((camp) => [camp.slug, campOf(plan.slug, camp, dateOf)])),
  };
}

function campOf(mission: string, plan: CampPlan, dateOf: DateOf): Camp {
  const headcount = COUNT_DAYS.map((day) => ({
    from: dateOf(day),
    people: day < ROTATION_DAY ? plan.people : plan.peopleLater,
  }));
  const registered = plan.meters.filter(({ isRegistered }) => isRegistered);
  return {
    name: plan.name,
    location: { lat: plan.lat, lon: plan.lon },
    headcount,
    meters: Object.fromEntries(
      registered.map((meter) => [
        meter.slug,
        meterOf(`${mission}/${plan.slug}/${meter.slug}`, meter, dateOf),
      ]),
    ),
  };
}

function meterOf(key: string, plan: MeterPlan, dateOf: DateOf): Meter {
  const isVolatile = faultsOf(key).some(({ kind }) => kind === 'volatile');
  return {
    source: plan.source,
    ratedW: plan.ratedW,
    ownership: plan.ownership,
    ...(plan.unit === undefined ? {} : { unit: plan.unit }),
    ...(plan.country === undefined ? {} : { country: plan.country }),
    ...(plan.relief && {
      owners: [{ from: dateOf(ROTATION_DAY), ownership: plan.ownership, ...plan.relief }],
    }),
    expectedIntervalS: EXPECTED_INTERVAL_S,
    ...(isVolatile ? { register: 'volatile' as const } : {}),
    from: dateOf(plan.sinceDay),
    events: [],
    ...(plan.hasFuelMeter ? { tankL: plan.tankL } : {}),
  };
}

function pledgesOf(plan: MissionPlan, dateOf: DateOf): Pledge[] {
  return plan.pledges.map(({ country, unit, source, ratedW, dueDay, reference }) => ({
    country,
    unit,
    mission: plan.slug,
    source,
    ratedW,
    due: dateOf(dueDay),
    reference,
  }));
}
