/** What people wrote down of a camp's fuel, at rest in `app.db`: deliveries, and what was in the tanks. */
import { fuelProblems, fuelSentence, isSameFuel, type FuelRecord } from '../../registry/fuel-record.ts';
import { openSignedRecords, type SignedRecords, type SignedTable } from './signed-records.ts';

export type FuelRecordStore = SignedRecords<FuelRecord>;

/** Zones are at most this far ahead of UTC; whoever knows the camp's has looked more closely. */
const ZONES_AHEAD_MS = 14 * 3_600_000;

const FUEL_RECORDS: SignedTable<FuelRecord> = {
  name: 'fuel_record',
  noun: 'fuel record',
  code: 'FUEL_RECORD_INVALID',
  reasonTells: 'how it is known',
  columns: ['kind', 'mission', 'camp', 'date', 'at', 'volume_ml', 'reference'],
  valuesOf: (record) => {
    const { kind, mission, camp, volumeMl } = record;
    return kind === 'delivery'
      ? [kind, mission, camp, record.date, null, volumeMl, record.reference]
      : [kind, mission, camp, null, record.at, volumeMl, null];
  },
  dataOf: (row) => {
    const placed = {
      mission: String(row['mission']),
      camp: String(row['camp']),
      volumeMl: Number(row['volume_ml']),
    };
    return row['kind'] === 'delivery'
      ? { kind: 'delivery', ...placed, date: String(row['date']), reference: String(row['reference']) }
      : { kind: 'stock', ...placed, at: Number(row['at']) };
  },
  problemOf: (record, { others, now }) => {
    const today = new Date(now + ZONES_AHEAD_MS).toISOString().slice(0, 10);
    const problems = fuelProblems(record, { today, now });
    const place = `${record.mission}/${record.camp}`;
    if (problems.length > 0) return `${place}: ${problems.map(fuelSentence).join('; ')}.`;
    for (const each of others) {
      if (!isSameFuel(each, record)) continue;
      return `Fuel record ${String(each.id)} already tells of the same ${record.kind} at ${place}. Supersede it, or withdraw it first.`;
    }
    return undefined;
  },
};

export function openFuelRecordStore(dataDir: string): FuelRecordStore {
  return openSignedRecords(dataDir, FUEL_RECORDS);
}
