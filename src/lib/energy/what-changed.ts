/**
 * What changed a renewable share between two periods: parts in percentage points that add up to the difference.
 *
 *     share S = (V + f · g) ÷ T, with V = solar + wind + hydro, g = ψ · N, N = T − V
 *     ΔS = (ΔV + ΔG − S̄ · ΔT) ÷ T̄, and so, exactly:
 *     load     (f̄ · ψ̄ − S̄) · ΔT ÷ T̄
 *     solar    (1 − f̄ · ψ̄) · Δsolar ÷ T̄, wind and hydro alike
 *     plant    (1 − f̄ · ψ̄) · ȳ · ΔP ÷ T̄, sun (1 − f̄ · ψ̄) · P̄ · Δy ÷ T̄, where solar = P · y
 *     diesel   f̄ · N̄ · Δψ ÷ T̄
 *     grid     ḡ · Δf ÷ T̄
 *     data     Δ(S as metered − S with the gaps filled)
 *
 * Energies are mean powers (W), so that periods of different length compare; a bar is the mean of both
 * periods, Δ the later less the earlier. T is what was used, V what was made on site less exports, N what
 * grid and diesel had to deliver together, ψ the grid's part of it, f the grid's renewable fraction, P the
 * rated watts of solar and y what each of them gave. Diesel is what is left: it moves the share by itself
 * only where it stands in for the grid, which is Δψ. Source: the midpoint rule for products,
 * Δ(a · b) = ā · Δb + b̄ · Δa, which is exact and treats both periods alike (Marshall–Edgeworth weights).
 *
 * The parts other than `data` compare both periods with their gaps filled: a source metered for a part of its
 * time is taken to have run alike in the rest, at most twice what was metered.
 */
import { SUPPLY_SOURCES, type SupplySource } from './source.ts';

type OnSiteRenewable = 'solar' | 'wind' | 'hydro';

/** One supply source over a period, as metered. */
export interface MeteredSource {
  /** Wh, less what was exported of it */
  readonly usedWh: number;
  /** the part of `usedWh` that counts as renewable */
  readonly renewableWh: number;
  /** Wh before exports, and the part of them a register recovered after a gap */
  readonly grossWh: number;
  readonly recoveredWh: number;
  /** 0..1 of its meters' time in service; null where none is in service */
  readonly coverage: number | null;
}

/** One period. A source that is absent gave nothing. */
export interface SharePeriod {
  readonly sources: Readonly<Partial<Record<SupplySource, MeteredSource>>>;
  /** seconds in service, by which energy becomes mean power; above 0 */
  readonly seconds: number;
  /** mean rated W of solar in service; null where a meter has no rating */
  readonly solarRatedW: number | null;
}

export type ChangeDriver =
  'load' | 'solar' | 'solar-plant' | 'sun' | 'wind' | 'hydro' | 'diesel' | 'grid' | 'data';

export interface ChangePart {
  readonly driver: ChangeDriver;
  /** percentage points of renewable share, with sign */
  readonly pp: number;
}

/** A source is filled up to at most this many times what was metered of it. */
export const MAX_GAP_FILL = 2;

/** Mean W used, by source, and what follows from them. */
interface Powers extends Readonly<Record<OnSiteRenewable, number>> {
  readonly total: number;
  readonly grid: number;
  /** N: what grid and diesel delivered together */
  readonly rest: number;
  readonly gridRenewable: number;
  readonly share: number;
}

/** How many times what was metered the source gave, had its gaps run like the rest. 1 where nothing can be said. */
export function gapFill({ grossWh, recoveredWh, coverage }: MeteredSource): number {
  if (coverage === null || coverage <= 0 || grossWh <= 0) return 1;
  return Math.min(MAX_GAP_FILL, Math.max(1, (grossWh - recoveredWh) / coverage / grossWh));
}

function powersOf(
  { sources, seconds }: SharePeriod,
  fills: (source: MeteredSource) => number,
): Powers | null {
  const watts = (source: SupplySource, name: 'usedWh' | 'renewableWh'): number => {
    const known = sources[source];
    return known === undefined ? 0 : (known[name] * fills(known) * 3600) / seconds;
  };
  const [solar, wind, hydro] = [watts('solar', 'usedWh'), watts('wind', 'usedWh'), watts('hydro', 'usedWh')];
  const total = SUPPLY_SOURCES.reduce((sum, source) => sum + watts(source, 'usedWh'), 0);
  if (!(total > 0)) return null;
  const gridRenewable = watts('grid', 'renewableWh');
  const share = (solar + wind + hydro + gridRenewable) / total;
  const grid = watts('grid', 'usedWh');
  const rest = grid + watts('diesel', 'usedWh');
  return { solar, wind, hydro, grid, gridRenewable, total, rest, share };
}

/** 0..1 of a part in a whole in both periods; where one period has no whole, the other's holds for it as well. */
function fractions(
  before: { part: number; whole: number },
  after: { part: number; whole: number },
): { mean: number; delta: number } {
  const of = ({ part, whole }: { part: number; whole: number }) => (whole > 0 ? part / whole : null);
  const [a, b] = [of(before), of(after)];
  const [first, second] = [a ?? b ?? 0, b ?? a ?? 0];
  return { mean: (first + second) / 2, delta: second - first };
}

const mean = (a: number, b: number): number => (a + b) / 2;

/** Solar's W in two: what more plant gave at the mean yield, and what the sun gave the mean plant. */
function solarParts(
  before: { watts: number; ratedW: number | null },
  after: { watts: number; ratedW: number | null },
): { plant: number; sun: number } | null {
  if (before.ratedW === null || after.ratedW === null) return null;
  // Energy of a plant that stands nowhere in service belongs to no rating: it is told as one part.
  if ([before, after].some(({ watts, ratedW }) => watts > 0 && !((ratedW ?? 0) > 0))) return null;
  const yields = fractions(
    { part: before.watts, whole: before.ratedW },
    { part: after.watts, whole: after.ratedW },
  );
  return {
    plant: yields.mean * (after.ratedW - before.ratedW),
    sun: mean(before.ratedW, after.ratedW) * yields.delta,
  };
}

/** Renewable share 0..1 of a period as metered; null without energy. */
export function shareOfPeriod(period: SharePeriod): number | null {
  return powersOf(period, () => 1)?.share ?? null;
}

/**
 * The parts of the change from `before` to `after`, in percentage points, in the order of the formulas above. They add up to
 * 100 × (share after − share before), to the rounding of the machine. Null when either period has no energy.
 */
export function whatChanged(before: SharePeriod, after: SharePeriod): readonly ChangePart[] | null {
  const metered = [powersOf(before, () => 1), powersOf(after, () => 1)] as const;
  const filled = [powersOf(before, gapFill), powersOf(after, gapFill)] as const;
  if (metered[0] === null || metered[1] === null || filled[0] === null || filled[1] === null) return null;
  const [a, b] = filled;
  const total = mean(a.total, b.total);
  const toPp = (watts: number): number => (100 * watts) / total;
  // ψ, the grid's part of what the renewables on site leave; f, the renewable part of the grid.
  const gridPart = fractions({ part: a.grid, whole: a.rest }, { part: b.grid, whole: b.rest });
  const gridMix = fractions(
    { part: a.gridRenewable, whole: a.grid },
    { part: b.gridRenewable, whole: b.grid },
  );
  const displaced = gridMix.mean * gridPart.mean;
  const onSite = (source: OnSiteRenewable): number => toPp((1 - displaced) * (b[source] - a[source]));
  const solar = solarParts(
    { watts: a.solar, ratedW: before.solarRatedW },
    { watts: b.solar, ratedW: after.solarRatedW },
  );
  const sunAndPlant: ChangePart[] =
    solar === null
      ? [{ driver: 'solar', pp: onSite('solar') }]
      : [
          { driver: 'solar-plant', pp: toPp((1 - displaced) * solar.plant) },
          { driver: 'sun', pp: toPp((1 - displaced) * solar.sun) },
        ];
  const dataBefore = metered[0].share - a.share;
  return [
    { driver: 'load', pp: toPp((displaced - mean(a.share, b.share)) * (b.total - a.total)) },
    ...sunAndPlant,
    { driver: 'wind', pp: onSite('wind') },
    { driver: 'hydro', pp: onSite('hydro') },
    { driver: 'diesel', pp: toPp(gridMix.mean * mean(a.rest, b.rest) * gridPart.delta) },
    { driver: 'grid', pp: toPp(mean(a.grid, b.grid) * gridMix.delta) },
    { driver: 'data', pp: 100 * (metered[1].share - b.share - dataBefore) },
  ];
}
