/** Writing a file that another program reads: whole or not at all, with the owner and the rights it had. */
import {
  chmodSync,
  chownSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';

const OWNER_ONLY = 0o600;

/** Its text; '' where there is none yet. @throws Error */
export function readIfThere(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** A new one is for its owner alone. @throws Error when it cannot be written; the one that was there then stays */
export function replaceFile(file: string, text: string): void {
  const before = existsSync(file) ? statSync(file) : undefined;
  const beside = `${file}.new`;
  try {
    writeFileSync(beside, text, { mode: OWNER_ONLY });
    if (before !== undefined) {
      chmodSync(beside, before.mode & 0o777);
      chownSync(beside, before.uid, before.gid);
    }
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
