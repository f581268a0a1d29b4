/**
 * Workers that are broken on purpose: each breaks one promise in one place. Fault tests that let one of them pass
 * would let the same mistake pass in earnest.
 */
import type { StageKind } from './kinds.ts';

interface Edit {
  /** below the project's folder */
  readonly file: string;
  /** stands in the file exactly once */
  readonly from: string;
  readonly to: string;
}

export interface Mutant {
  readonly edits: readonly Edit[];
  /** where the process tests are to catch it */
  readonly kind: StageKind;
  /** what has to happen for it to show; without, any seed may */
  readonly shows?: 'spooling' | 'worker-dies-while-store-away';
  /** of those that the process tests miss: why */
  readonly missedBecause?: string;
}

const DELIVERY = 'ingest/deliver/delivery.ts';
const DURABLE = 'ingest/deliver/durable.ts';
const SETTLING = 'ingest/deliver/settling.ts';
const INTAKE = 'ingest/sources/mqtt-intake.ts';

export const MUTANTS = {
  'acknowledges before the write': {
    kind: 'crash',
    edits: [
      {
        file: DELIVERY,
        from: 'if (await this.#settling.settle(batch)) this.#acknowledge(batch);',
        to: 'const settled = this.#settling.settle(batch); this.#acknowledge(batch); await settled;',
      },
    ],
  },
  'acknowledges what it takes, and again when it is written': {
    kind: 'crash',
    shows: 'worker-dies-while-store-away',
    edits: [
      {
        file: INTAKE,
        from: 'reminder.noteTaken();',
        to: 'reminder.noteTaken(); acknowledger.acknowledge(messageId);',
      },
    ],
  },
  'drops the batch on a fault that passes': {
    kind: 'network',
    edits: [
      {
        file: SETTLING,
        from: 'await this.#sleeper.sleep(this.#delayMs(error, attempt));',
        to: 'if (error instanceof AppError && error.retryable) return true;',
      },
    ],
  },
  'acknowledges on 401': {
    kind: 'network',
    edits: [
      {
        file: 'src/lib/server/store/influx/write.ts',
        from: "case 'refused':\n        throw",
        to: "case 'refused':\n        if (outcome.reason !== '') return;\n        throw",
      },
    ],
  },
  'takes a cut answer for written': {
    kind: 'network',
    edits: [
      {
        file: 'src/lib/server/store/influx/send.ts',
        from: "return { kind: 'unavailable', reason: reasonOf(cause) };",
        to: "return { kind: 'stored' };",
      },
    ],
  },
  'skips the journal': {
    kind: 'crash',
    shows: 'spooling',
    edits: [{ file: DURABLE, from: 'inJournal(() => {', to: 'void (() => {' }],
  },
  'spools three seconds after it acknowledged': {
    kind: 'crash',
    shows: 'spooling',
    edits: [
      {
        file: DURABLE,
        from: 'inJournal(() => {',
        to: '((work) => { if (spooled.length === 0) inJournal(work); else setTimeout(() => inJournal(work), 3_000); })(() => {',
      },
    ],
  },
  'keeps no dead letters': {
    kind: 'network',
    edits: [{ file: DURABLE, from: 'box.add(letters);', to: '' }],
  },
  'drains without writing': {
    kind: 'crash',
    shows: 'spooling',
    edits: [
      {
        file: DURABLE,
        from: 'const rejected = stored.length > 0 ?',
        to: 'const rejected = stored.length > 0 && work.drainedId === undefined ?',
      },
    ],
  },
  'begins a session anew at each connection': {
    kind: 'crash',
    edits: [{ file: 'ingest/sources/connection-options.ts', from: 'clean: false,', to: 'clean: true,' }],
  },
  'tells a device stored before it is': {
    kind: 'embedded',
    edits: [
      {
        file: 'ingest/sources/publish-gate.ts',
        from: 'this.#waiting += 1;',
        to: 'this.#waiting += 1; done(null); done = () => undefined;',
      },
    ],
  },
  'sends old PUBACKs on the new connection': {
    kind: 'network',
    missedBecause:
      'a PUBACK too many loses a message only when the worker also dies before it has written that one',
    edits: [
      {
        file: INTAKE,
        from: 'createAcknowledger((bytes) => stream.write(bytes))',
        to: '((globalThis.newest = stream), createAcknowledger((bytes) => globalThis.newest.write(bytes)))',
      },
      { file: 'ingest/sources/acknowledger.ts', from: 'isRetired = true;', to: '' },
    ],
  },
  'does not sync its files': {
    kind: 'crash',
    missedBecause: 'what a killed process wrote stays in the system’s memory; only a power cut loses it',
    edits: [
      {
        file: 'src/lib/server/database.ts',
        from: 'PRAGMA synchronous = FULL',
        to: 'PRAGMA synchronous = OFF',
      },
    ],
  },
} as const satisfies Readonly<Record<string, Mutant>>;

export type MutantName = keyof typeof MUTANTS;
