/**
 * An outline map around some places, as SVG paths for the server to draw: coasts, borders, and markers whose names
 * keep out of each other's way. Equirectangular, true at the middle latitude; only what the view shows is drawn. Pure.
 */
import { BORDERS, LAND, STEPS_PER_DEGREE } from './world-outline.ts';

export interface Place {
  readonly lat: number;
  readonly lon: number;
  readonly name: string;
}

export interface MapMarker {
  readonly x: number;
  readonly y: number;
  /** where the name stands: beside the marker, or where there was room for it */
  readonly label: { readonly x: number; readonly y: number; readonly anchor: 'start' | 'end' | 'middle' };
}

export interface OutlineMap {
  readonly land: string;
  readonly borders: string;
  /** in the order of the places */
  readonly markers: readonly MapMarker[];
}

interface Size {
  readonly width: number;
  readonly height: number;
}
interface Point {
  readonly x: number;
  readonly y: number;
}
interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Degrees of latitude that are always shown, so that one camp does not fill the map with nothing. */
const MIN_SPAN = 24;
const PADDING = 1.35;
const CHAR_WIDTH = 6.6;
const LINE_HEIGHT = 13;
const MARKER = 9;

type Projection = (lon: number, lat: number) => Point;

function projectionFor(places: readonly Place[], { width, height }: Size): Projection {
  const lats = places.map(({ lat }) => lat);
  const lons = places.map(({ lon }) => lon);
  const middle = {
    lat: (Math.min(...lats) + Math.max(...lats)) / 2,
    lon: (Math.min(...lons) + Math.max(...lons)) / 2,
  };
  const squeeze = Math.cos((middle.lat * Math.PI) / 180);
  const high = Math.max(MIN_SPAN, (Math.max(...lats) - Math.min(...lats)) * PADDING);
  const wide = (Math.max(...lons) - Math.min(...lons)) * PADDING * squeeze;
  const scale = Math.min(height / high, width / Math.max(wide, 1));
  return (lon, lat) => ({
    x: Math.round((width / 2 + (lon - middle.lon) * squeeze * scale) * 10) / 10,
    y: Math.round((height / 2 - (lat - middle.lat) * scale) * 10) / 10,
  });
}

function pathOf(text: string, project: Projection, { width, height }: Size, end: string): string {
  let path = '';
  for (const line of text.split('|')) {
    let [lon, lat] = [0, 0];
    const points = line.split(' ').map((step) => {
      const [dx = 0, dy = 0] = step.split(',').map(Number);
      lon += dx;
      lat += dy;
      return project(lon / STEPS_PER_DEGREE, lat / STEPS_PER_DEGREE);
    });
    const xs = points.map(({ x }) => x);
    const ys = points.map(({ y }) => y);
    const isSeen =
      Math.max(...xs) > 0 && Math.min(...xs) < width && Math.max(...ys) > 0 && Math.min(...ys) < height;
    if (isSeen) path += `M${points.map(({ x, y }) => `${String(x)} ${String(y)}`).join('L')}${end}`;
  }
  return path;
}

function overlaps(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** The first of right, left, below and above, near then farther, that meets no other name and stays on the map. */
function placeLabel(point: Point, name: string, taken: Box[], size: Size): MapMarker['label'] {
  const wide = name.length * CHAR_WIDTH;
  const choices = [1, 2, 3].flatMap((ring) => {
    const away = MARKER + (ring - 1) * LINE_HEIGHT;
    return [
      { x: point.x + away, y: point.y + 4, anchor: 'start' as const, left: point.x + away },
      { x: point.x - away, y: point.y + 4, anchor: 'end' as const, left: point.x - away - wide },
      { x: point.x, y: point.y + away + 9, anchor: 'middle' as const, left: point.x - wide / 2 },
      { x: point.x, y: point.y - away, anchor: 'middle' as const, left: point.x - wide / 2 },
    ];
  });
  const boxOf = ({ left, y }: { left: number; y: number }): Box => ({
    left,
    right: left + wide,
    top: y - LINE_HEIGHT + 3,
    bottom: y + 3,
  });
  const fits = (box: Box): boolean =>
    box.left >= 0 &&
    box.right <= size.width &&
    box.top >= 0 &&
    box.bottom <= size.height &&
    !taken.some((other) => overlaps(box, other));
  const chosen = choices.find((choice) => fits(boxOf(choice))) ?? choices[0];
  if (chosen === undefined) return { x: point.x, y: point.y, anchor: 'start' };
  taken.push(boxOf(chosen));
  return { x: chosen.x, y: Math.round(chosen.y * 10) / 10, anchor: chosen.anchor };
}

/** Null without a place. `size` in the units of the SVG's view box. */
export function outlineMap(places: readonly Place[], size: Size): OutlineMap | null {
  if (places.length === 0) return null;
  const project = projectionFor(places, size);
  const points = places.map(({ lon, lat }) => project(lon, lat));
  const taken: Box[] = points.map(({ x, y }) => ({
    left: x - MARKER / 2,
    right: x + MARKER / 2,
    top: y - MARKER / 2,
    bottom: y + MARKER / 2,
  }));
  return {
    land: pathOf(LAND, project, size, 'Z'),
    borders: pathOf(BORDERS, project, size, ''),
    markers: points.map((point, i) => ({
      ...point,
      label: placeLabel(point, places[i]?.name ?? '', taken, size),
    })),
  };
}
