/** Deliveries and stocks as lines of text. */
import { toLocalTimestamp } from '#lib/energy/calendar.ts';
import { litresOf, type SignedFuelRecord } from '#lib/registry/fuel-record.ts';
import type { FuelRecordStore } from '#lib/server/registry/fuel-record-store.ts';
import { endOf } from './correction-words.ts';

type Listed = SignedFuelRecord | ReturnType<FuelRecordStore['history']>[number];

/** One line; control characters cannot write to the terminal. */
export function describeFuel(record: Listed, zone: string): string {
  const { id, mission, camp, author, reason, madeAt } = record;
  const what =
    record.kind === 'delivery'
      ? `${record.date}  delivered ${String(litresOf(record))} L  ${record.reference}`
      : `${toLocalTimestamp(record.at, zone)}  in the tanks ${String(litresOf(record))} L`;
  const made = `${author}, ${toLocalTimestamp(madeAt, zone)}: ${reason}`;
  return `${String(id)}  ${mission}/${camp}  ${what}  (${made})${endOf(record, zone)}`.replace(
    /\p{Cc}/gu,
    ' ',
  );
}
