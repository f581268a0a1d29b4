/** The outline map: places where they are, names apart from each other, and no coast left out or drawn for nothing. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { outlineMap } from '#lib/charts/outline-map.ts';

const SIZE = { width: 640, height: 480 };
const PLACES = [
  { name: 'UNFICYP', lat: 35.1, lon: 33.3 },
  { name: 'UNIFIL', lat: 33.1, lon: 35.2 },
  { name: 'UNDOF', lat: 33.2, lon: 35.9 },
  { name: 'UNMISS', lat: 4.8, lon: 31.6 },
  { name: 'MONUSCO', lat: -1.7, lon: 29.2 },
];

describe('the outline map', () => {
  it('puts north above south, east right of west, and every place inside', () => {
    const markers = outlineMap(PLACES, SIZE)?.markers ?? [];
    expect(markers).toHaveLength(PLACES.length);
    const [cyprus, lebanon, golan, juba, goma] = markers;
    expect(cyprus?.y).toBeLessThan(juba?.y ?? 0);
    expect(juba?.y).toBeLessThan(goma?.y ?? 0);
    expect(lebanon?.x).toBeLessThan(golan?.x ?? 0);
    for (const { x, y } of markers) {
      expect(x).toBeGreaterThan(0);
      expect(x).toBeLessThan(SIZE.width);
      expect(y).toBeGreaterThan(0);
      expect(y).toBeLessThan(SIZE.height);
    }
  });

  it('writes the names of neighbours beside, above or below each other', () => {
    const labels = (outlineMap(PLACES, SIZE)?.markers ?? []).slice(1, 3).map(({ label }) => label);
    const [first, second] = labels;
    const isApart = first?.anchor !== second?.anchor || Math.abs((first?.y ?? 0) - (second?.y ?? 0)) >= 10;
    expect(isApart).toBe(true);
  });

  it('draws only what the view shows, small enough for a slow link', () => {
    const map = outlineMap(PLACES, SIZE);
    expect(map?.land).toMatch(/^M-?[\d.]+ -?[\d.]+L.*Z$/);
    expect(map?.borders).toMatch(/^M/);
    const bytes = gzipSync(`${map?.land ?? ''}${map?.borders ?? ''}`).length;
    expect(bytes).toBeGreaterThan(1_000);
    expect(bytes).toBeLessThan(25 * 1024);
  });

  it('shows some surroundings of a single place, and has no map of none', () => {
    expect(outlineMap(PLACES.slice(3, 4), SIZE)?.markers[0]).toMatchObject({ x: 320, y: 240 });
    expect(outlineMap([], SIZE)).toBeNull();
  });
});
