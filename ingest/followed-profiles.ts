/** The profiles in force: the bundled ones and the installation's own, followed while the worker runs and told in the log. */
import type { DatabaseSync } from 'node:sqlite';
import type { Logger } from 'pino';
import type { Profile } from './decode/profile.ts';
import { createLastGood } from './onboarding/last-good.ts';
import { ProfileFolder } from './onboarding/profile-folder.ts';

export class FollowedProfiles {
  readonly #folder: ProfileFolder;
  readonly #log: Logger;

  constructor(parts: { folder: string; journal: DatabaseSync; log: Logger }) {
    this.#folder = new ProfileFolder({ folder: parts.folder, lastGood: createLastGood(parts.journal) });
    this.#log = parts.log;
    this.#tell();
  }

  /** The same array until a file is saved that says something else. */
  get current(): readonly Profile[] {
    return this.#folder.profiles;
  }

  /** See {@link ProfileFolder.problems}. */
  get problems(): readonly string[] {
    return this.#folder.problems;
  }

  /** Takes over what was saved since. */
  follow(): void {
    if (this.#folder.follow()) this.#tell();
  }

  #tell(): void {
    const { folder, replaced, problems } = this.#folder;
    if (replaced.length > 0) this.#log.info({ event: 'profiles-replaced', folder, profiles: replaced });
    for (const problem of problems) this.#log.warn({ event: 'profile-broken', problem });
  }
}
