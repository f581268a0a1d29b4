/**
 * Passwords of the broker's users: made here, shown once, kept as a hash in the form of Mosquitto's password file
 * (`$7$<iterations>$<salt>$<hash>`, PBKDF2 with SHA-512), so that both brokers take the same credential. A password has 128
 * random bits: what protects it is that, and not what one guess costs (docs/decisions/0021).
 */
import { pbkdf2, pbkdf2Sync, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** Without i, l, o, 0 and 1: some devices have it typed in. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
/** 26 of 31 letters are 128 bits. */
const LENGTH = 26;
/** Mosquitto checks them one after the other, with all else waiting; a thousand devices that come back at once are 1 s. */
const ITERATIONS = 1_000;
/** Mosquitto takes no other. */
const SALT_BYTES = 12;
const HASH_BYTES = 64;
const DIGEST = 'sha512';
const FORM = /^\$7\$([1-9]\d{0,6})\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/;

const derive = promisify(pbkdf2);

export function newPassword(): string {
  return Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

export function hashPassword(password: string): string {
  const salt = randomBytes(SALT_BYTES);
  const hash = pbkdf2Sync(password, salt, ITERATIONS, HASH_BYTES, DIGEST);
  return `$7$${String(ITERATIONS)}$${salt.toString('base64')}$${hash.toString('base64')}`;
}

/** Whether `password` is the one that `stored` was made of; false for a text that is no hash. */
export async function isPassword(password: Uint8Array, stored: string): Promise<boolean> {
  const [, iterations, salt, hash] = FORM.exec(stored) ?? [];
  if (iterations === undefined || salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, 'base64');
  const found = await derive(
    password,
    Buffer.from(salt, 'base64'),
    Number(iterations),
    expected.length,
    DIGEST,
  );
  return timingSafeEqual(found, expected);
}
