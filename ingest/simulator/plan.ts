/**
 * The plan of the simulated missions: what stands in each camp. One plan makes both the demo registry and
 * the readings, so the two cannot disagree. Days are counted from the start of the scenario.
 */
import type { Ownership, Source } from '#lib/energy/source.ts';
import type { RegisterPolicy, Target } from '#lib/registry/types.ts';

/** How a meter talks once it is live; its backlog always comes over the native contract. */
export type Device = 'native' | 'tasmota' | 'shelly';

export interface MeterPlan {
  readonly slug: string;
  readonly source: Source;
  /** rated power; of a load meter the largest load it was laid out for */
  readonly ratedW: number;
  readonly ownership: Ownership;
  readonly unit?: string;
  readonly country?: string;
  /** the unit that takes the equipment over when units rotate (load.ts) */
  readonly relief?: { readonly unit: string; readonly country: string };
  /** first day in service; 0 when it was there before the scenario began */
  readonly sinceDay: number;
  /** gensets: whether the fuel burnt and the tank are metered */
  readonly hasFuelMeter: boolean;
  readonly tankL: number;
  /** batteries */
  readonly capacityWh: number;
  /** load meters: the part of the camp's load behind it */
  readonly loadShare: number;
  /** grid meters: the part of the time the grid is there, and whether it takes surplus back */
  readonly gridUptime: number;
  readonly isExporting: boolean;
  readonly register?: RegisterPolicy;
  /** false for a meter that publishes though nobody has entered it in the registry */
  readonly isRegistered: boolean;
}

export interface CampPlan {
  readonly slug: string;
  readonly name: string;
  readonly lat: number;
  readonly lon: number;
  /** people at the start, and after the rotation in the middle of the year */
  readonly people: number;
  readonly peopleLater: number;
  /** mean electrical load per person, W */
  readonly loadPerPersonW: number;
  /** a camp that always runs that many sets, however low their load */
  readonly minSets: number;
  readonly device: Device;
  readonly meters: readonly MeterPlan[];
}

export interface PledgePlan {
  readonly country: string;
  readonly unit: string;
  readonly source: Source;
  readonly ratedW: number;
  readonly dueDay: number;
  readonly reference: string;
}

export interface MissionPlan {
  readonly slug: string;
  readonly name: string;
  readonly country: string;
  readonly zone: string;
  readonly gridRenewable: number;
  readonly gridSource: string;
  readonly targets: readonly Target[];
  readonly camps: readonly CampPlan[];
  readonly pledges: readonly PledgePlan[];
}

type Extra = Partial<Omit<MeterPlan, 'slug' | 'source' | 'ratedW'>>;

function meter(slug: string, source: Source, ratedKw: number, extra: Extra): MeterPlan {
  return {
    slug,
    source,
    ratedW: ratedKw * 1000,
    ownership: 'un-owned',
    sinceDay: 0,
    hasFuelMeter: false,
    tankL: 0,
    capacityWh: 0,
    loadShare: 0,
    gridUptime: 0,
    isExporting: false,
    isRegistered: true,
    ...extra,
  };
}

/** `count` equal gensets with fuel meters; a tank lasts a set about five days at full load. */
export function gensets(count: number, ratedKw: number, extra: Extra = {}): MeterPlan[] {
  return Array.from({ length: count }, (_, index) =>
    meter(`genset-${index + 1}`, 'diesel', ratedKw, { hasFuelMeter: true, tankL: ratedKw * 32, ...extra }),
  );
}

export function solar(slug: string, peakKw: number, extra: Extra = {}): MeterPlan {
  return meter(slug, 'solar', peakKw, extra);
}

export function wind(ratedKw: number, extra: Extra = {}): MeterPlan {
  return meter('wind-1', 'wind', ratedKw, extra);
}

export function hydro(ratedKw: number, extra: Extra = {}): MeterPlan {
  return meter('hydro-1', 'hydro', ratedKw, extra);
}

export function battery(ratedKw: number, capacityKwh: number, extra: Extra = {}): MeterPlan {
  return meter('battery-1', 'battery', ratedKw, { capacityWh: capacityKwh * 1000, ...extra });
}

export function grid(limitKw: number, gridUptime: number, extra: Extra = {}): MeterPlan {
  return meter('grid-1', 'grid', limitKw, { ownership: 'host-grid', gridUptime, ...extra });
}

export function load(slug: string, ratedKw: number, loadShare = 1, extra: Extra = {}): MeterPlan {
  return meter(slug, 'load', ratedKw, { loadShare, ...extra });
}

export function camp(
  slug: string,
  name: string,
  [lat, lon]: readonly [number, number],
  people: number,
  meters: readonly MeterPlan[],
  extra: Partial<CampPlan> = {},
): CampPlan {
  return {
    slug,
    name,
    lat,
    lon,
    people,
    peopleLater: people,
    loadPerPersonW: 380,
    minSets: 1,
    device: 'native',
    meters,
    ...extra,
  };
}
