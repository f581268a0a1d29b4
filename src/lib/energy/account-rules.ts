/**
 * The rules one meter is accounted by: what the registry and the device's profile say about it, boiled down
 * to what the arithmetic needs. Built by `registry/meter-rules.ts`; changing a rule means recomputing the
 * meter's days.
 */
import type { Overlay } from './correction.ts';

/**
 * How a cumulative register behaves.
 * - `persistent`: kept in the meter's own memory; it falls only when the meter is replaced or reset.
 * - `volatile`: starts again at 0 at power-up.
 * - `wrap`: starts again at 0 when it reaches the given modulus.
 * - `interval`: each value is already the difference since the one before.
 * - `daily`: starts again at 0 at the meter's local midnight.
 */
export type RegisterPolicy = 'persistent' | 'volatile' | 'interval' | 'daily' | { readonly wrap: number };

export interface MeterRules {
  /** of both energy registers; a modulus is in Wh */
  readonly energyRegister: RegisterPolicy;
  /** of the fuel register; a modulus is in mL */
  readonly fuelRegister: RegisterPolicy;
  /** ms; readings further apart than this vouch for nothing between them */
  readonly maxGapMs: number;
  /**
   * ms, less than `maxGapMs`; a rate that was told longer ago held until the next: its device tells what changes and nothing
   * else. Absent for meters that report regularly, whose rates are joined by straight lines.
   */
  readonly heldBeyondMs?: number;
  /** W; null when unknown, and then no jump is implausible */
  readonly ratedW: number | null;
  /** epoch ms, ascending: meter swaps, changes of CT ratio, moves; a reading at that very instant belongs to the new segment */
  readonly segmentStarts: readonly number[];
  /** forward and reverse change places, power changes its sign */
  readonly invert: boolean;
  /** IANA zone whose midnight a `daily` register follows */
  readonly zone: string;
  /** the meter's corrections in force; absent where there are none */
  readonly overlay?: Overlay;
}
