/** The mission page's table as CSV: whole Wh and shares 0..1, so that a spreadsheet can go on calculating. */
import type { Cell } from '#lib/format/csv.ts';
import type { EnergyBucket } from '#lib/server/queries/types.ts';
import { ask } from '../../../ask.ts';
import { csvResponse } from '../../../csv-response.ts';
import { energyPage } from '../energy-page.ts';
import { placeName, readPlace } from '../place.ts';
import type { RequestHandler } from './$types';

const HEAD = [
  'mission',
  'start',
  'end',
  'solar_wh',
  'wind_wh',
  'hydro_wh',
  'grid_wh',
  'grid_renewable_wh',
  'diesel_wh',
  'exported_wh',
  'total_wh',
  'renewable_share',
  'on_site_renewable_share',
  'diesel_share',
  'target_path_share',
  'fuel_l',
  'estimated_fuel_l',
  'ghg_kg_co2e',
  'coverage',
  'measured_wh',
  'recovered_wh',
  'estimated_wh',
  'manual_wh',
  'factor_set',
];

/** Nothing heard is an empty cell, never a zero. */
function row(mission: string, bucket: EnergyBucket): Cell[] {
  const { electricityWh: energy, quality } = bucket;
  const known = (value: number): number | null => (bucket.renewableShare === null ? null : value);
  return [
    mission,
    bucket.start,
    bucket.end,
    ...[energy.solar, energy.wind, energy.hydro, energy.grid, energy.gridRenewable, energy.diesel].map(known),
    known(energy.exported),
    known(energy.total),
    bucket.renewableShare,
    bucket.onSiteRenewableShare,
    bucket.dieselShare,
    bucket.pathShare,
    known(bucket.fuelL),
    known(bucket.estimatedFuelL),
    known(bucket.ghgKg),
    bucket.coverage,
    ...[quality.measuredWh, quality.recoveredWh, quality.estimatedWh, quality.manualWh].map(known),
    bucket.factorSet,
  ];
}

export const GET: RequestHandler = ({ params, url }) =>
  ask(async (ctx) => {
    const place = readPlace(params.mission, url);
    const { answer, step } = await energyPage(ctx, place, url);
    const { from, to } = answer.period;
    const rows = answer.buckets.map((bucket) => row(answer.summary.name, bucket));
    return csvResponse(`${placeName(place)}-energy-${step}-${from}-${to}`, [HEAD, ...rows]);
  });
