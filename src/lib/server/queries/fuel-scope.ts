/** What all that is said of a camp's fuel is said of. */
import type { Camp, Mission } from '../../registry/types.ts';
import type { SignedFuelRecord } from '../../registry/fuel-record.ts';
import type { Period } from './types.ts';

export interface FuelScope {
  readonly slugs: { readonly mission: string; readonly camp: string };
  readonly mission: Mission;
  readonly camp: Camp;
  /** of this camp, in force */
  readonly records: readonly SignedFuelRecord[];
  readonly period: Period;
}
