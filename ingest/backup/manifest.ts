/** What a backup says of itself: `manifest.json`, written last, so that a folder without it is no backup. */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

export const MANIFEST = 'manifest.json';
const FORMAT = 1;

const manifestSchema = z.strictObject({
  /** of this file and the folder's layout */
  format: z.literal(FORMAT),
  /** UTC, ISO 8601 */
  madeAt: z.iso.datetime(),
  /** of Bluewatt */
  version: z.string(),
  /** where readings and accounts are: in `readings.db` of this folder, or in an InfluxDB that has a backup of its own */
  store: z.enum(['sqlite', 'influxdb']),
  files: z.array(
    z.strictObject({
      /** from the backup's folder, parts separated by `/` */
      name: z.string().regex(/^(?!\.\.?(\/|$))[^/\\]+(\/(?!\.\.?(\/|$))[^/\\]+)*$/),
      bytes: z.int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});
export type Manifest = z.infer<typeof manifestSchema>;
export type BackedUpFile = Manifest['files'][number];

export function manifestOf(told: Omit<Manifest, 'format'>): Manifest {
  return { format: FORMAT, ...told };
}

/** @throws Error that says why `folder` is no whole backup of a kind that this version can restore */
export function readManifest(folder: string): Manifest {
  let text: string;
  try {
    text = readFileSync(join(folder, MANIFEST), 'utf8');
  } catch (cause) {
    throw new Error(`${folder} is no whole backup: there is no ${MANIFEST} in it.`, { cause });
  }
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new Error(`${join(folder, MANIFEST)} cannot be read: ${why}`, { cause });
  }
}

/** Size and checksum of a file of the backup. */
export async function describeFile(folder: string, name: string): Promise<BackedUpFile> {
  const path = join(folder, name);
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { name, bytes: statSync(path).size, sha256: hash.digest('hex') };
}

/** What is wrong with the files of a backup, a line each; nothing when all is as it was written. */
export async function damagesOf(folder: string, { files }: Manifest): Promise<string[]> {
  const damages: string[] = [];
  for (const { name, bytes, sha256 } of files) {
    try {
      const found = await describeFile(folder, name);
      if (found.bytes !== bytes)
        damages.push(`${name}: ${String(found.bytes)} bytes where ${String(bytes)} were written`);
      else if (found.sha256 !== sha256) damages.push(`${name}: its contents are not what was written`);
    } catch (error) {
      damages.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return damages;
}
