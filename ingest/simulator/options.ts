/** The simulator's command line: all problems at once, as with any other configuration. */
import { parseArgs } from 'node:util';

export interface SimulatorOptions {
  readonly broker: string;
  readonly registryOut: string | undefined;
  readonly stateFile: string | undefined;
  /** epoch ms; undefined: the state's, else the default */
  readonly startAt: number | undefined;
  readonly seed: number | undefined;
  /** end when history has reached the present */
  readonly isHistoryOnly: boolean;
}

export const USAGE = `Usage: node ingest/simulator/main.ts --broker mqtt://127.0.0.1:1883
  --broker URL          where to publish
  --registry-out FILE   write the registry that belongs to the simulated camps, then go on
  --state FILE          remember how far it came, and continue from there
  --from YYYY-MM-DD     first day of history, UTC (default: the first of the month 14 months ago)
  --seed N              another weather, other loads (default 1)
  --history-only        end when history has reached the present`;

export type ParsedOptions =
  | { readonly ok: true; readonly options: SimulatorOptions }
  | { readonly ok: false; readonly problems: readonly string[] };

const EARLIEST = Date.UTC(2020, 0, 1);

export function parseOptions(args: readonly string[], now: number): ParsedOptions {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        broker: { type: 'string' },
        'registry-out': { type: 'string' },
        state: { type: 'string' },
        from: { type: 'string' },
        seed: { type: 'string' },
        'history-only': { type: 'boolean' },
      },
    }));
  } catch (error) {
    return { ok: false, problems: [error instanceof Error ? error.message : String(error)] };
  }
  const problems: string[] = [];
  const broker = values.broker ?? '';
  if (!/^(mqtts?|wss?):\/\/\S+$/.test(broker))
    problems.push(`--broker: expected mqtt://HOST:PORT, received "${broker}".`);
  const startAt = values.from === undefined ? undefined : parseDate(values.from);
  if (startAt !== undefined && !(startAt >= EARLIEST && startAt <= now)) {
    problems.push(`--from: expected a date from 2020-01-01 to today, received "${values.from}".`);
  }
  const seed = values.seed === undefined ? undefined : Number(values.seed);
  if (seed !== undefined && !(Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff)) {
    problems.push(`--seed: expected a whole number from 0 to 4294967295, received "${values.seed}".`);
  }
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    options: {
      broker,
      registryOut: values['registry-out'],
      stateFile: values.state,
      startAt,
      seed,
      isHistoryOnly: values['history-only'] === true,
    },
  };
}

/** Epoch ms of a UTC date that exists; NaN otherwise. */
function parseDate(text: string): number {
  const at = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text) ? at : NaN;
}
