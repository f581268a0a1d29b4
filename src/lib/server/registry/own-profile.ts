/** Saving a device profile into the installation's folder, whole or not at all. The worker takes it by itself. */
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../errors.ts';

/** Whether it was saved; false where another file of that name is there already. @throws AppError DISK_FAILING */
export function saveOwnProfile(folder: string, name: string, yaml: string): boolean {
  const file = join(folder, `${name}.yaml`);
  const draft = join(folder, `.${name}.${String(process.pid)}.draft`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(draft, yaml, { flush: true });
    return isLinked(draft, file) || readFileSync(file, 'utf8') === yaml;
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('DISK_FAILING', `${file} cannot be written: ${words}`, { retryable: true, cause });
  } finally {
    removeDraft(draft);
  }
}

/** A link is made only where nothing is, so two people never overwrite each other. */
function isLinked(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

/** Its file name begins with a dot: one that stays is never read. */
function removeDraft(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {
    // The folder itself is what fails; that is told.
  }
}
