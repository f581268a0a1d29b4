/** Looks into the worker's file from outside, while the worker runs: what it could not take, as it came in. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface LetterOnDisk {
  readonly topic: string;
  readonly payload: string;
}

export function deadLetters(dataDir: string): LetterOnDisk[] {
  const database = new DatabaseSync(join(dataDir, 'worker.db'), { readOnly: true });
  try {
    return database
      .prepare('SELECT topic, payload FROM dead_letter ORDER BY id')
      .all()
      .map(({ topic, payload }) => ({
        topic: String(topic),
        payload: Buffer.from(payload as Uint8Array).toString('utf8'),
      }));
  } finally {
    database.close();
  }
}
