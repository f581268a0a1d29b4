/**
 * Registers of a file into the store, a batch at a time: compared with what is stored and with the lines above,
 * published, and read back. Memory does not grow with the file. What is stored already is never overwritten:
 * where it is wrong, a correction says so.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Refused } from '../opened.ts';
import type { CsvRow } from './csv-file.ts';
import { EarlierLines } from './earlier-lines.ts';
import type { RegisterPublisher } from './register-publisher.ts';
import type { Candidate, ImportValue, RowReader } from './register-rows.ts';
import type { ImportReport, Outcome } from './report.ts';
import { storedValues, type ReadableStore } from './stored-values.ts';

/** Values compared, published and read back at once. */
const BATCH_VALUES = 5_000;
const PATIENCE_MS = 30_000;
const LOOK_AGAIN_MS = 100;

export interface RegisterImport {
  readonly rows: AsyncIterable<CsvRow>;
  readonly readRow: RowReader;
  readonly store: ReadableStore;
  /** undefined in a dry run */
  readonly publisher: RegisterPublisher | undefined;
  readonly report: ImportReport;
  /** how long a reading may take from the broker to the store; default 30 s */
  readonly patienceMs?: number;
}

interface Judged {
  readonly candidate: Candidate;
  outcome: Outcome;
}

/** @throws Refused when no worker takes anything, or the file cannot be read on; AppError of broker or store */
export async function importRegisters(parts: RegisterImport): Promise<void> {
  const earlier = new EarlierLines();
  try {
    let batch: Candidate[] = [];
    for await (const row of parts.rows) {
      batch.push(...parts.readRow(row));
      if (batch.length < BATCH_VALUES) continue;
      await takeBatch(batch, earlier, parts);
      batch = [];
    }
    await takeBatch(batch, earlier, parts);
  } finally {
    earlier.close();
  }
}

async function takeBatch(
  batch: readonly Candidate[],
  earlier: EarlierLines,
  { store, publisher, report, patienceMs = PATIENCE_MS }: RegisterImport,
): Promise<void> {
  const stored = await storedValues(store, batch.filter(isUsable));
  const judged = batch.map((candidate): Judged => ({
    candidate,
    outcome: outcomeOf(candidate, stored, earlier),
  }));
  const added = judged.filter(({ outcome }) => outcome.verdict === 'new');
  let missing = 0;
  if (publisher !== undefined && added.length > 0) {
    await publisher.publish(added.map(({ candidate }) => candidate).filter(isUsable));
    missing = await confirm(added, store, patienceMs);
  }
  for (const [row, ofRow] of Map.groupBy(judged, ({ candidate }) => candidate.row)) {
    report.tell(
      row,
      ofRow.map(({ outcome }) => outcome),
    );
  }
  if (missing > 0 && missing === added.length) {
    throw new Refused(
      'The broker took the readings, but none of them reached the store: is the worker running, with the same ' +
        'DATA_DIR or INFLUX_URL, and may this user publish? Nothing more was sent; import the file again.',
    );
  }
}

function isUsable(candidate: Candidate): candidate is Candidate & { ok: true } {
  return candidate.ok;
}

function outcomeOf(
  candidate: Candidate,
  stored: (value: ImportValue) => number | undefined,
  earlier: EarlierLines,
): Outcome {
  if (!candidate.ok) return { verdict: 'refused', what: candidate.what, why: candidate.problem };
  const what = describe(candidate);
  const held = stored(candidate);
  if (held !== undefined) return held === candidate.value ? { verdict: 'same', what } : differing(what, held);
  const above = earlier.note(candidate, candidate.row.line);
  if (above === undefined) return { verdict: 'new', what };
  if (above.value === candidate.value) return { verdict: 'same', what };
  const why = `line ${String(above.line)} of this file says ${String(above.value)}`;
  return { verdict: 'differs', what, why };
}

function describe({ meter, at, quantity, value }: ImportValue): string {
  return `${meter.key} ${new Date(at).toISOString()} ${quantity} ${String(value)}`;
}

function differing(what: string, held: number): Outcome {
  const why = `${String(held)} is stored, and readings are never overwritten: where it is wrong, make a correction (npm run corrections)`;
  return { verdict: 'differs', what, why };
}

/** Waits until what was published is stored; how many are not, after `patienceMs`. */
async function confirm(added: Judged[], store: ReadableStore, patienceMs: number): Promise<number> {
  const deadline = performance.now() + patienceMs;
  let waiting = added;
  for (;;) {
    const stored = await storedValues(store, waiting.map(({ candidate }) => candidate).filter(isUsable));
    waiting = waiting.filter((each) => {
      if (!each.candidate.ok) return false;
      const held = stored(each.candidate);
      if (held !== undefined && held !== each.candidate.value)
        each.outcome = differing(describe(each.candidate), held);
      return held === undefined;
    });
    if (waiting.length === 0) return 0;
    if (performance.now() >= deadline) break;
    await sleep(LOOK_AGAIN_MS);
  }
  for (const each of waiting) {
    const why = `published, and not in the store after ${String(patienceMs / 1000)} s: see the worker's health and npm run dead-letters, then import it again`;
    each.outcome = { verdict: 'refused', what: each.outcome.what, why };
  }
  return waiting.length;
}
