/** The corrections at rest, in `app.db` beside the registry. */
import type { Corrected, CorrectionEffect } from '../../energy/correction.ts';
import { parseMeterKey, type MeterRef } from '../../energy/reading.ts';
import { isRival, problemsOf } from '../../registry/correction.ts';
import { AppError } from '../errors.ts';
import { openSignedRecords, type SignedRecords, type SignedTable } from './signed-records.ts';

type Placed = Corrected & { readonly meter: MeterRef };

export type CorrectionStore = SignedRecords<Placed>;

const CODE = 'CORRECTION_INVALID';

const CORRECTIONS: SignedTable<Placed> = {
  name: 'correction',
  noun: 'correction',
  code: CODE,
  reasonTells: 'what was wrong, and how it is known',
  columns: ['meter', 'from_at', 'to_at', 'effect'],
  valuesOf: ({ meter, from, to, effect }) => [meter.key, from, to, JSON.stringify(effect)],
  dataOf: (row) => {
    const meter = parseMeterKey(String(row['meter']));
    if (meter === undefined) {
      const message = `Correction ${String(row['id'])} names no meter.`;
      throw new AppError(CODE, message, { retryable: false });
    }
    return {
      meter,
      from: Number(row['from_at']),
      to: Number(row['to_at']),
      effect: JSON.parse(String(row['effect'])) as CorrectionEffect,
    };
  },
  problemOf: (correction, { others, now }) => {
    const problems = problemsOf(correction, now);
    if (problems.length > 0) return `${correction.meter.key}: ${problems.join(' ')}`;
    for (const each of others) {
      if (!isRival(each, correction)) continue;
      const range = `from ${new Date(each.from).toISOString()} to ${new Date(each.to).toISOString()}`;
      return `Correction ${String(each.id)} already says what holds of ${each.meter.key} ${range}. Supersede it, or withdraw it first.`;
    }
    return undefined;
  },
};

export function openCorrectionStore(dataDir: string): CorrectionStore {
  return openSignedRecords(dataDir, CORRECTIONS);
}
