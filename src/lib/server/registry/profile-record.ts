/** Which profiles were saved on a page, by whom: the file itself may be changed by hand, what was saved stays on record. */
import type { Signature } from '../../registry/correction.ts';
import { changeInOne, openAppDatabase } from './app-database.ts';

/** @throws AppError when the disk or the database does not take it */
export function recordProfile(
  dataDir: string,
  { name, yaml }: { name: string; yaml: string },
  { author, reason, madeAt }: Signature,
): void {
  const database = openAppDatabase(dataDir);
  try {
    changeInOne(database, () =>
      database
        .prepare('INSERT INTO profile_save (name, yaml, author, reason, made_at) VALUES (?, ?, ?, ?, ?)')
        .run(name, yaml, author, reason, madeAt),
    );
  } finally {
    database.close();
  }
}
