/** The accounts as the worker runs them: what they remember, what they are made by, and how long raw readings are kept for them. */
import type { Correction } from '#lib/registry/correction.ts';
import type { ProfileBook } from '#lib/registry/meter-rules.ts';
import type { Registry } from '#lib/registry/types.ts';
import type { Settings } from '#lib/server/settings.ts';
import { Accountant } from './account/accountant.ts';
import { Bookmarks } from './account/bookmarks.ts';
import type { ProfileRulesOf } from './account/restate.ts';
import type { WorkerFiles } from './opening.ts';
import { RawRetention } from './retention/raw-retention.ts';

export interface AccountingParts {
  readonly settings: Pick<Settings, 'rawRetentionDays'>;
  readonly files: Pick<WorkerFiles, 'store' | 'journal'> & {
    readonly correctionStore: { current(): readonly Correction[]; ended(): readonly Correction[] };
  };
  /** in force at the start */
  readonly registry: Registry;
  /** in force at the start */
  readonly profiles: ProfileBook;
  readonly profileRulesOf: ProfileRulesOf;
  readonly onFault: (error: unknown) => void;
}

export interface Accounting {
  readonly accounts: Accountant;
  readonly bookmarks: Bookmarks;
  readonly retention: RawRetention;
}

export function openAccounting({ settings, files, ...parts }: AccountingParts): Accounting {
  const { store, journal, correctionStore } = files;
  const { onFault } = parts;
  const bookmarks = new Bookmarks(journal);
  const retention = new RawRetention({ journal, store, days: settings.rawRetentionDays, onFault });
  const accounts = new Accountant({
    ...parts,
    ...{ store, bookmarks },
    corrections: correctionStore.current(),
    endedCorrections: correctionStore.ended(),
    keptFromDay: () => retention.keptFromDay,
  });
  return { accounts, bookmarks, retention };
}
