/** The missions on an outline map: each where the middle of its camps lies. Camps whose place nobody told are left out. */
import { outlineMap } from '#lib/charts/outline-map.ts';
import { isRanked } from '#lib/components/figures/summary.ts';
import type { MapStanding, MissionMapView } from '#lib/components/missions/mission-map-view.ts';
import { missionOf } from '#lib/registry/lookup.ts';
import type { Mission, Registry } from '#lib/registry/types.ts';
import type { MissionSummary } from '#lib/server/queries/types.ts';

const SIZE = { width: 640, height: 480 };

function middleOf({ camps }: Mission): { lat: number; lon: number } | null {
  const known = Object.values(camps).flatMap(({ location }) => (location === undefined ? [] : [location]));
  if (known.length === 0) return null;
  const mean = (pick: (location: { lat: number; lon: number }) => number) =>
    known.reduce((sum, location) => sum + pick(location), 0) / known.length;
  // Whole tenths of a degree: a mission is found by it, a tent is not.
  return {
    lat: Math.round(mean(({ lat }) => lat) * 10) / 10,
    lon: Math.round(mean(({ lon }) => lon) * 10) / 10,
  };
}

function standingOf(summary: MissionSummary): MapStanding {
  if (!isRanked(summary)) return 'unranked';
  return (summary.gapPp ?? 0) < -0.05 ? 'behind' : 'ahead';
}

/** Null when no mission's camps have a place. */
export function missionMap(registry: Registry, missions: readonly MissionSummary[]): MissionMapView | null {
  const placed = missions.flatMap((summary) => {
    const mission = missionOf(registry, summary.mission);
    const middle = mission === undefined ? null : middleOf(mission);
    return middle === null ? [] : [{ ...middle, name: summary.name, summary }];
  });
  const map = outlineMap(placed, SIZE);
  if (map === null) return null;
  return {
    ...SIZE,
    land: map.land,
    borders: map.borders,
    markers: placed.flatMap(({ summary }, i) => {
      const marker = map.markers[i];
      if (marker === undefined) return [];
      const { mission, name, renewableShare } = summary;
      return [{ ...marker, mission, name, renewableShare, standing: standingOf(summary) }];
    }),
  };
}
