/**
 * The places of a bullet bar's marks along 0..100 per cent, for a server-rendered SVG. Pure.
 */
export interface BulletInput {
  /** 0..1, or null when there is no share to show */
  readonly share: number | null;
  readonly onSiteShare: number | null;
  /** where the path to the target stands now, 0..1 */
  readonly pathShare: number | null;
  readonly targetShare: number | null;
}

export interface Bullet {
  /** per cent of the bar's length */
  readonly barPct: number | null;
  /** the part made on site, drawn full; the rest of the bar came renewable through the grid */
  readonly onSitePct: number | null;
  readonly pathPct: number | null;
  readonly targetPct: number | null;
  /** from the bar's end to the path, when the bar falls short of it */
  readonly shortfall: { readonly fromPct: number; readonly toPct: number } | null;
}

function percent(share: number | null): number | null {
  if (share === null || !Number.isFinite(share)) return null;
  // Two decimals are finer than a pixel and keep the page small.
  return Math.round(Math.min(1, Math.max(0, share)) * 10_000) / 100;
}

export function bullet(input: BulletInput): Bullet {
  const barPct = percent(input.share);
  const onSite = percent(input.onSiteShare);
  const pathPct = percent(input.pathShare);
  return {
    barPct,
    onSitePct: barPct === null || onSite === null ? null : Math.min(onSite, barPct),
    pathPct,
    targetPct: percent(input.targetShare),
    shortfall:
      barPct !== null && pathPct !== null && barPct < pathPct ? { fromPct: barPct, toPct: pathPct } : null,
  };
}
