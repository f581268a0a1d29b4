/** Contributed equipment and pledges as HQ's page shows them; the queries' answers have these shapes. */
import type { PledgeStatus } from '#lib/energy/pledge.ts';
import type { Source } from '#lib/energy/source.ts';

export interface UnitView {
  readonly country: string | null;
  readonly unit: string | null;
  readonly supply: 'renewable' | 'diesel-only' | 'no-data';
  readonly renewableWh: number;
  readonly renewableShare: number | null;
  readonly coverage: number | null;
  readonly fuelL: number;
  readonly estimatedFuelL: number;
  readonly ratedW: { readonly renewable: number; readonly diesel: number };
  readonly camps: readonly { readonly mission: string; readonly camp: string; readonly name: string }[];
}

export interface PledgeView {
  readonly mission: string;
  readonly missionName: string;
  readonly country: string;
  readonly unit: string | null;
  readonly source: Source;
  readonly pledgedW: number;
  readonly due: string;
  readonly reference: string | null;
  readonly status: PledgeStatus;
  readonly daysOverdue: number;
  readonly deployedW: number;
  readonly delivery: { readonly deliveredWh: number; readonly expectedWh: number | null };
}

/** A country's name in the reader's language, from its ISO 3166-1 code; the code where there is none. */
export function countryName(code: string, locale: string): string {
  try {
    return new Intl.DisplayNames([locale], { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}
