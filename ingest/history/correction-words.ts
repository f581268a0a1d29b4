/** Corrections, and what they change, as lines of text. */
import { toLocalTimestamp } from '#lib/energy/calendar.ts';
import type { CorrectionEffect } from '#lib/energy/correction.ts';
import type { Correction, CorrectionRecord } from '#lib/registry/correction.ts';
import type { DayChange, DayFigures } from './preview.ts';

/** One line; control characters cannot write to the terminal. */
export function describeCorrection(correction: Correction | CorrectionRecord, zone: string): string {
  const { id, meter, from, to, effect, author, reason, madeAt } = correction;
  const range = `${toLocalTimestamp(from, zone)} to ${toLocalTimestamp(to, zone)}`;
  const made = `${author}, ${toLocalTimestamp(madeAt, zone)}: ${reason}`;
  const line = `${String(id)}  ${meter.key}  ${range}  ${describeEffect(effect)}  (${made})${endOf(correction, zone)}`;
  return line.replace(/\p{Cc}/gu, ' ');
}

/** How a signed record ended; '' for one in force, and where nobody asked. */
export function endOf(
  record: Pick<Correction, 'id'> | Pick<CorrectionRecord, 'withdrawn' | 'supersededBy'>,
  zone: string,
): string {
  if (!('withdrawn' in record)) return '';
  const { withdrawn, supersededBy } = record;
  if (supersededBy !== null) return `  superseded by ${String(supersededBy)}`;
  if (withdrawn === null) return '';
  return `  withdrawn (${withdrawn.author}, ${toLocalTimestamp(withdrawn.madeAt, zone)}: ${withdrawn.reason})`;
}

function describeEffect(effect: CorrectionEffect): string {
  switch (effect.kind) {
    case 'exclude':
      return effect.quantity === null ? 'exclude all readings' : `exclude ${effect.quantity}`;
    case 'confirm':
      return 'confirm';
    case 'scale':
      return `scale ${effect.of} × ${String(effect.factor)}`;
    case 'replace': {
      const figures = [
        effect.energyWh !== undefined && `${String(effect.energyWh)} Wh`,
        effect.reverseWh !== undefined && `${String(effect.reverseWh)} Wh reverse`,
        effect.fuelMl !== undefined && `${String(effect.fuelMl)} mL`,
      ].filter((figure) => figure !== false);
      return `replace by ${figures.join(', ')} (${effect.known})`;
    }
  }
}

const COLUMNS = [
  ['forwardWh', 'Wh'],
  ['reverseWh', 'Wh reverse'],
  ['fuelMl', 'mL'],
  ['implausibleWh', 'Wh held back'],
] as const;

function describeFigures(before: DayFigures, after: DayFigures): string {
  return COLUMNS.flatMap(([name, unit]) => {
    const by = after[name] - before[name];
    if (by === 0) return [];
    return [`${String(before[name])} → ${String(after[name])} ${unit} (${by > 0 ? '+' : ''}${String(by)})`];
  }).join('; ');
}

/** A line for each day that would change, and one for all of them. */
export function describeChanges(changes: readonly DayChange[]): string[] {
  const total = (of: 'before' | 'after'): DayFigures => ({
    forwardWh: changes.reduce((sum, change) => sum + change[of].forwardWh, 0),
    reverseWh: changes.reduce((sum, change) => sum + change[of].reverseWh, 0),
    fuelMl: changes.reduce((sum, change) => sum + change[of].fuelMl, 0),
    implausibleWh: changes.reduce((sum, change) => sum + change[of].implausibleWh, 0),
  });
  const lines = changes.map(({ date, before, after }) => `${date}  ${describeFigures(before, after)}`);
  const sum = describeFigures(total('before'), total('after'));
  const all =
    changes.length === 0
      ? 'No day would change.'
      : `${String(changes.length)} ${changes.length === 1 ? 'day' : 'days'} would change${sum === '' ? ', the total would not' : `: ${sum}`}. Nothing was written.`;
  return [...lines, all];
}
