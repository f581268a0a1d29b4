/**
 * The registry: missions, camps, meters, who owns them and what they are measured against. Parsed by
 * `parse.ts`, asked through `lookup.ts`. All dates are local dates of the mission (`YYYY-MM-DD`), `from`
 * inclusive and `to` exclusive.
 */
import type { RegisterPolicy } from '../energy/account-rules.ts';
import type { OwnFactors } from '../energy/factors.ts';
import type { Owner } from '../energy/owner.ts';
import type { Source } from '../energy/source.ts';

export interface Registry {
  readonly missions: Readonly<Record<string, Mission>>;
  readonly pledges: readonly Pledge[];
  readonly sources: readonly DeviceSource[];
  /** emission factors of the organisation's own, ascending by `from`; absent: the IPCC's alone */
  readonly factors?: readonly OwnFactors[];
}

export interface Mission {
  readonly name: string;
  /** ISO 3166-1 alpha-2 */
  readonly country?: string;
  /** IANA zone, e.g. Africa/Juba */
  readonly zone: string;
  /** true for simulated missions: every page marks them as example data */
  readonly example?: boolean;
  readonly targets: readonly Target[];
  readonly grid: readonly GridFraction[];
  readonly camps: Readonly<Record<string, Camp>>;
}

export interface Target {
  readonly year: number;
  /** 0..1 of consumed electricity */
  readonly renewableShare: number;
}

export interface GridFraction {
  readonly from: string;
  /** 0..1 */
  readonly renewableFraction: number;
  readonly source?: string;
}

export interface Headcount {
  readonly from: string;
  readonly people: number;
}

export interface Camp {
  readonly name: string;
  readonly location?: { readonly lat: number; readonly lon: number };
  readonly headcount: readonly Headcount[];
  /** replaces the mission's grid fractions for this camp */
  readonly grid?: readonly GridFraction[];
  readonly meters: Readonly<Record<string, Meter>>;
}

export type { RegisterPolicy };

export interface MeterEvent {
  /** RFC 3339 with offset */
  readonly at: string;
  readonly kind: 'swap' | 'ct-change' | 'move';
  readonly note?: string;
}

/** From this date on, and until the next one, the equipment is somebody else's. */
export interface OwnerChange extends Owner {
  readonly from: string;
}

/** `ownership`, `unit` and `country` are those of the beginning: `ownerOn` tells them of a date. */
export interface Meter extends Owner {
  readonly name?: string;
  readonly source: Source;
  readonly ratedW?: number;
  /** who took it over, and when; ascending */
  readonly owners?: readonly OwnerChange[];
  readonly expectedIntervalS: number;
  /** how the energy and fuel registers behave; default: what the device's profile says, else persistent */
  readonly register?: RegisterPolicy;
  /** true when the CT is clamped backwards: forward and reverse change places, power changes sign */
  readonly invert?: boolean;
  /** in service: local dates */
  readonly from?: string;
  readonly to?: string;
  readonly events: readonly MeterEvent[];
  /** litres the tank holds, when a level in percent should be told in litres */
  readonly tankL?: number;
  /** a genset's running hours when it was last serviced */
  readonly serviced?: Serviced;
}

/** What the hour counter said, hours. */
export interface Serviced {
  readonly oilAtH?: number;
  readonly fuelFilterAtH?: number;
}

export interface Pledge {
  readonly country: string;
  readonly unit?: string;
  readonly mission: string;
  readonly source: Source;
  readonly ratedW: number;
  readonly due: string;
  readonly reference?: string;
}

/** Another device's messages: which profile reads them, and whose they are. */
export interface DeviceSource {
  readonly profile: string;
  /** an MQTT filter; narrows the profile's own topics to this installation */
  readonly topic: string;
  readonly mission: string;
  readonly camp: string;
  /** a slug, or a text with the profile's captures in braces, e.g. `shelly-{device}` */
  readonly meter: string;
  /** the zone of a device that tells local time without an offset; default: the mission's */
  readonly zone?: string;
  /** the phases that the device's inputs 1, 2 and 3 are connected to, voltage and current alike; default: in order */
  readonly phases?: PhaseOrder;
  /** primary ÷ secondary current of the transformers, for devices that tell what flows on their secondary side; default: 1 */
  readonly ctRatio?: number;
}

export const PHASES = ['L1', 'L2', 'L3'] as const;
export type Phase = (typeof PHASES)[number];
export type PhaseOrder = readonly [Phase, Phase, Phase];
