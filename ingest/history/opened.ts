/** What the commands on history open, and how they say what went wrong. */
import { userInfo } from 'node:os';
import { AppError } from '#lib/server/errors.ts';
import type { Settings } from '#lib/server/settings.ts';
import { openStore } from '#lib/server/store/open.ts';
import type { Store } from '#lib/server/store/store.ts';
import { workerSettings } from '../config.ts';

/** What the person at the keyboard has to mend; told without a stack. */
export class Refused extends Error {
  readonly exitCode: number;

  /** @param exitCode 1: not done; 2: asked for in a way that cannot be understood */
  constructor(message: string, exitCode = 1) {
    super(message);
    this.name = 'Refused';
    this.exitCode = exitCode;
  }
}

/** @throws Refused */
export function knownSettings(): Settings {
  const result = workerSettings();
  if (!result.ok) throw new Refused(result.text, 2);
  return result.settings;
}

/** The store to read from: what a dry run compares with. @throws AppError */
export async function openToRead({ dataDir, influx }: Settings): Promise<Store> {
  return openStore({
    dataDir,
    readOnly: true,
    ...(influx && { influxUrl: influx.url }),
    ...(influx?.token !== undefined && { influxToken: influx.token }),
  });
}

/** Who signs when nobody is named. */
export function currentUser(): string {
  return userInfo().username;
}

/** Runs a command and sets the exit code. */
export async function runCommand(main: (args: string[]) => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    if (error instanceof Refused) {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = error.exitCode;
    } else if (error instanceof AppError) {
      process.stderr.write(`${error.code}: ${error.message}\n`);
      process.exitCode = 1;
    } else {
      throw error;
    }
  }
}
