/** The missions on a map, as the server has placed them. */
export type MapStanding = 'behind' | 'ahead' | 'unranked';

export interface MissionMarker {
  readonly mission: string;
  readonly name: string;
  readonly renewableShare: number | null;
  readonly standing: MapStanding;
  readonly x: number;
  readonly y: number;
  readonly label: { readonly x: number; readonly y: number; readonly anchor: 'start' | 'end' | 'middle' };
}

export interface MissionMapView {
  readonly width: number;
  readonly height: number;
  /** SVG paths */
  readonly land: string;
  readonly borders: string;
  readonly markers: readonly MissionMarker[];
}
