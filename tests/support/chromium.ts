/** Debian's Chromium, driven by playwright-core: no download, no network of its own. */
import { chromium, type Browser } from 'playwright-core';
import { findBinary } from './binaries.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A headless browser; close it when done. It also ends when this process does.
 * @param flags more of Chromium's own
 */
export function launchBrowser(flags: readonly string[] = []): Promise<Browser> {
  const executablePath = findBinary('chromium');
  if (executablePath === undefined)
    throw new Error('chromium is not installed: guard the tests with describeWith');
  return chromium.launch({ executablePath, headless: true, args: [...FLAGS, ...flags] });
}
