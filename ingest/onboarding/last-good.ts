/** The texts of an installation's own profiles as they are in force, in the worker's file. */
import type { DatabaseSync } from 'node:sqlite';
import { inTransaction, type Row } from '#lib/server/database.ts';
import type { LastGood } from './profile-folder.ts';

export function createLastGood(journal: DatabaseSync): LastGood {
  const all = journal.prepare('SELECT file, text FROM own_profile ORDER BY file');
  const add = journal.prepare('INSERT INTO own_profile (file, text) VALUES (?, ?)');
  return {
    read: () => new Map((all.all() as Row[]).map(({ file, text }) => [String(file), String(text)])),
    write(texts) {
      try {
        inTransaction(journal, () => {
          journal.exec('DELETE FROM own_profile');
          for (const [file, text] of texts) add.run(file, text);
        });
      } catch {
        // A full disk is no reason not to read meters: only a restart with a broken file would miss it.
      }
    },
  };
}
