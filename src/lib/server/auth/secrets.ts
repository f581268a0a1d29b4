/** Secrets that are handed out once and kept as a hash: 256 random bits need no slow hash. */
import { createHash, randomBytes } from 'node:crypto';

const BYTES = 32;

export function newSecret(): string {
  return randomBytes(BYTES).toString('base64url');
}

export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
