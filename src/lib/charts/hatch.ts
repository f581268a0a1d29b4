/**
 * Hatching: how recovered and estimated energy looks, in SVG and on a canvas alike. The tile is square and its
 * diagonal meets itself at the edges, so both repeat it without a seam.
 */
export const HATCH_TILE = 8;

/** The diagonal of one tile with the corners of its neighbours, as an SVG path. */
export const HATCH_PATH = `M-2 2L2 -2M0 ${String(HATCH_TILE)}L${String(HATCH_TILE)} 0M6 10L10 6`;

/** A canvas pattern of the same hatching; the plain colour where there is no canvas to draw the tile on. */
export function hatchPattern(colour: string): CanvasPattern | string {
  const tile = document.createElement('canvas');
  tile.width = HATCH_TILE;
  tile.height = HATCH_TILE;
  const context = tile.getContext('2d');
  if (context === null) return colour;
  context.strokeStyle = colour;
  context.lineWidth = 1.6;
  context.stroke(new Path2D(HATCH_PATH));
  return context.createPattern(tile, 'repeat') ?? colour;
}
