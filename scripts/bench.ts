/**
 * `npm run bench [-- scenario … ] [--json] [--messages N] [--rounds N] [--whole] [--profile DIR]`: measures the
 * system side by side with something that does less, in one run on one machine. It prints; it never judges.
 */
import { parseArgs } from 'node:util';
import { describeResult, type BenchOptions, type Result } from '../tests/bench/report.ts';

const SCENARIOS: Readonly<Record<string, (options: BenchOptions) => Promise<Result>>> = {
  ingest: async (options) => (await import('../tests/bench/ingest.ts')).benchIngest(options),
  embedded: async (options) => (await import('../tests/bench/embedded.ts')).benchEmbedded(options),
  window: async (options) => (await import('../tests/bench/ingest.ts')).benchWindow(options),
  backlog: async (options) => (await import('../tests/bench/backlog.ts')).benchBacklog(options),
  outage: async (options) => (await import('../tests/bench/outage.ts')).benchOutage(options),
  decode: async (options) => (await import('../tests/bench/decode.ts')).benchDecode(options),
  faults: async (options) => (await import('../tests/bench/faults.ts')).benchFaults(options),
  queries: async (options) => (await import('../tests/bench/queries.ts')).benchQueries(options),
  web: async (options) => (await import('../tests/bench/web.ts')).benchWeb(options),
};
const USAGE = `Usage: npm run bench -- [${Object.keys(SCENARIOS).join('|')}]… [--messages N] [--rounds N] [--json] [--whole] [--profile DIR] [--grafana URL]`;

function fail(message: string): never {
  process.stderr.write(`${message}\n${USAGE}\n`);
  process.exit(2);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        whole: { type: 'boolean', default: false },
        messages: { type: 'string', default: '200000' },
        rounds: { type: 'string', default: '3' },
        profile: { type: 'string' },
        grafana: { type: 'string' },
      },
    });
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text.replaceAll(/[_,]/g, ''));
  return Number.isSafeInteger(value) && value > 0
    ? value
    : fail(`--${name}: expected a number above 0, received ${text}`);
}

function webAddress(name: string, text: string): string {
  return /^https?:\/\//.test(text) && URL.canParse(text)
    ? text
    : fail(`--${name}: expected the http address of a dashboard, received ${text}`);
}

const { values, positionals } = readArguments();
const options: BenchOptions = {
  messages: wholeNumber('messages', values.messages),
  rounds: wholeNumber('rounds', values.rounds),
  isWhole: values.whole,
  ...(values.profile !== undefined && { profileDir: values.profile }),
  ...(values.grafana !== undefined && { grafanaUrl: webAddress('grafana', values.grafana) }),
};
const wanted = positionals.length > 0 ? positionals : Object.keys(SCENARIOS);
const unknown = wanted.find((name) => !Object.hasOwn(SCENARIOS, name));
if (unknown !== undefined) fail(`There is no benchmark called ${unknown}.`);

for (const name of wanted) {
  const result = await SCENARIOS[name]?.(options);
  if (result === undefined) continue;
  process.stdout.write(`${values.json ? JSON.stringify(result) : describeResult(result)}\n`);
}
process.exit(0);
