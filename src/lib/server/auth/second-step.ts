/**
 * A second step after the password: a code of six digits that an authenticator app makes (RFC 6238), or one of the codes for
 * the day the phone is gone. better-auth makes, checks and counts them; secrets lie encrypted in `access.db`.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Row } from '../database.ts';
import type { Asker } from './asker.ts';

export interface SecondStep {
  /** Whether signing in as `person` takes a code. */
  isSet(person: string): boolean;
  /** Not in force until it is confirmed. `undefined`: the password was wrong, or there is one already. */
  begin(asker: Asker, password: string): Promise<BegunSecondStep | undefined>;
  /** In force from now on, when `code` is right; the session goes on under a new cookie. */
  confirm(asker: Asker, code: string): Promise<Response>;
  /** Takes it away; asks for the password again. */
  end(asker: Asker, password: string): Promise<Response>;
  /** Finishes a sign-in that was begun with the right password. Either kind of code. */
  take(asker: Asker, code: string): Promise<Response>;
  /** Takes it away from somebody who lost what makes the codes. @returns whether there was one */
  remove(person: string): boolean;
}

export interface BegunSecondStep {
  /** otpauth://totp/..., for the app */
  readonly uri: string;
  /** each works once */
  readonly backupCodes: readonly string[];
}

type Post = (asker: Asker, path: string, body: Record<string, unknown>) => Promise<Response>;

const APP_CODE = /^\d{6}$/;

/** As people copy it: with spaces, in groups. */
function plainCode(typed: string): string {
  return typed.replaceAll(/\s/g, '').slice(0, 64);
}

export function createSecondStep(database: DatabaseSync, post: Post): SecondStep {
  const find = database.prepare('SELECT 1 FROM "twoFactor" WHERE "userId" = ? AND "verified" = 1');
  const drop = database.prepare('DELETE FROM "twoFactor" WHERE "userId" = ?');
  const unset = database.prepare('UPDATE "user" SET "twoFactorEnabled" = 0 WHERE "id" = ?');
  const isSet = (person: string) => (find.get(person) as Row | undefined) !== undefined;
  return {
    isSet,
    async begin(asker, password) {
      const response = await post(asker, '/two-factor/enable', { password });
      if (!response.ok) return undefined;
      const { totpURI, backupCodes } = (await response.json()) as { totpURI: string; backupCodes: string[] };
      return { uri: totpURI, backupCodes };
    },
    confirm: (asker, code) => post(asker, '/two-factor/verify-totp', { code: plainCode(code) }),
    end: (asker, password) => post(asker, '/two-factor/disable', { password }),
    take(asker, typed) {
      const code = plainCode(typed);
      const kind = APP_CODE.test(code) ? 'verify-totp' : 'verify-backup-code';
      return post(asker, `/two-factor/${kind}`, { code });
    },
    remove(person) {
      const wasSet = isSet(person);
      drop.run(person);
      unset.run(person);
      return wasSet;
    },
  };
}
