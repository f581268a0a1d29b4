/**
 * The data as one reader may see them. Other missions do not exist in what comes out: registry, store and corrections
 * alike, so that every query, page, export and stream built on them is narrowed without knowing it. Whatever a context
 * gains is left out for narrowed readers until it is written here.
 */
import { parseMeterKey } from '../../energy/reading.ts';
import type { Camp, Mission, Registry } from '../../registry/types.ts';
import type { QueryContext } from '../queries/types.ts';
import type { Store } from '../store/store.ts';
import type { Access } from './access.ts';

/** A tenth of a degree is some 11 km: enough for a map, not for a visit. */
const PLACES = 10;

const round = (degrees: number): number => Math.round(degrees * PLACES) / PLACES;

function roundedCamp({ location, ...camp }: Camp): Camp {
  if (location === undefined) return camp;
  return { ...camp, location: { lat: round(location.lat), lon: round(location.lon) } };
}

function roundedMission(mission: Mission): Mission {
  const camps = Object.entries(mission.camps).map(([slug, camp]) => [slug, roundedCamp(camp)] as const);
  return { ...mission, camps: Object.fromEntries(camps) };
}

function scopedRegistry({ missions, pledges, sources, factors }: Registry, access: Access): Registry {
  const sees = (mission: string) => access.may('read', mission);
  const seen = Object.entries(missions)
    .filter(([slug]) => sees(slug))
    .map(
      ([slug, mission]) =>
        [slug, access.may('exact-place', slug) ? mission : roundedMission(mission)] as const,
    );
  return {
    missions: Object.fromEntries(seen),
    pledges: pledges.filter(({ mission }) => sees(mission)),
    sources: sources.filter(({ mission }) => sees(mission)),
    ...(factors && { factors }),
  };
}

/** A key that is none belongs to no mission that anybody sees. */
const missionOfKey = (key: string): string => parseMeterKey(key)?.mission ?? '';

const refuseWriting = (): never => {
  throw new Error('Pages never write readings or accounts.');
};

function scopedStore(store: Store, access: Access): Store {
  const sees = ({ mission }: { readonly mission: string }) => access.may('read', mission);
  return {
    kind: store.kind,
    writeReadings: refuseWriting,
    writeAccounts: refuseWriting,
    replaceLedger: refuseWriting,
    dropReadings: refuseWriting,
    readReadings: async (meter, range) => (sees(meter) ? store.readReadings(meter, range) : []),
    readingBefore: async (meter, at) => (sees(meter) ? store.readingBefore(meter, at) : undefined),
    readingFrom: async (meter, at) => (sees(meter) ? store.readingFrom(meter, at) : undefined),
    listMeters: async (filter) => (await store.listMeters(filter)).filter(({ meter }) => sees(meter)),
    readMeterDay: async (meter, day) => (sees(meter) ? store.readMeterDay(meter, day) : undefined),
    lastMeterDay: async (meter, day) => (sees(meter) ? store.lastMeterDay(meter, day) : undefined),
    firstMeterDay: async (meter) => (sees(meter) ? store.firstMeterDay(meter) : undefined),
    readIntervals: (meters, range) => store.readIntervals(meters.filter(sees), range),
    readFlows: (meters, range) => store.readFlows(meters.filter(sees), range),
    readLedger: async (query) => {
      if (query.mission !== undefined && !access.may('read', query.mission)) return [];
      return (await store.readLedger(query)).filter(sees);
    },
    ping: () => store.ping(),
    close: refuseWriting,
  };
}

/** `ctx` as `access` may see it; as it is for whoever may see everything. */
export function scoped(ctx: QueryContext, access: Access): QueryContext {
  if (access.may('read') && access.may('exact-place')) return ctx;
  const sees = (mission: string) => access.may('read', mission);
  const corrections = ctx.corrections?.filter(({ meter }) => sees(meter.mission));
  return {
    store: scopedStore(ctx.store, access),
    registry: scopedRegistry(ctx.registry, access),
    ...(corrections !== undefined && { corrections }),
    ...(ctx.silences && { silences: new Map([...ctx.silences].filter(([key]) => sees(missionOfKey(key)))) }),
    ...(ctx.fuelRecords && { fuelRecords: ctx.fuelRecords.filter(({ mission }) => sees(mission)) }),
    ...(ctx.factorSets && { factorSets: ctx.factorSets }),
    now: ctx.now,
  };
}

/**
 * The worker's report without what it says of missions that `access` does not see. Which mission a rejected message is
 * of stands in its topic at best, so whoever does not see all missions sees those of their own native topics only.
 */
export function scopedReport(report: unknown, access: Access): unknown {
  if (access.may('read') || typeof report !== 'object' || report === null) return report;
  const { rejections, refusals, problems: _, problemCodes, ...rest } = report as Record<string, unknown>;
  const listed = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
  const sees = (mission: string | undefined) => mission !== undefined && access.may('read', mission);
  return {
    ...rest,
    // Its details quote brokers' answers and topics.
    problemCodes: listed(problemCodes).map((problem) => ({ ...(problem as object), detail: null })),
    rejections: listed(rejections).filter((rejection) => {
      const topic = (rejection as { topic?: unknown }).topic;
      return sees(typeof topic === 'string' ? /^bluewatt\/([^/]+)\//.exec(topic)?.[1] : undefined);
    }),
    // A user of the broker is of the mission that their name begins with.
    ...(refusals !== undefined && {
      refusals: listed(refusals).filter((refusal) => {
        const guest = (refusal as { guest?: unknown }).guest;
        return sees(typeof guest === 'string' ? /^([^.]+)\./.exec(guest)?.[1] : undefined);
      }),
    }),
  };
}
