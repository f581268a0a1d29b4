/** One build for all who need it: only after a change, never two at once, never a broken one kept. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureBuild } from '../../scripts/build.ts';

let root: string;
let builds: number;
let running: number;
let mostAtOnce: number;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bluewatt-build-'));
  mkdirSync(join(root, 'src'));
  writeFileSync(join(root, 'src', 'page.svelte'), '<h1>One</h1>');
  [builds, running, mostAtOnce] = [0, 0, 0];
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

async function build(folder: string): Promise<void> {
  builds += 1;
  running += 1;
  mostAtOnce = Math.max(mostAtOnce, running);
  await new Promise((resolve) => setTimeout(resolve, 20));
  mkdirSync(join(folder, 'build'), { recursive: true });
  running -= 1;
}
const ensure = (how = build) => ensureBuild({ root, build: how, tell: () => undefined });

describe('the build', () => {
  it('is made once for all who ask at the same time', async () => {
    await Promise.all([ensure(), ensure(), ensure()]);
    expect({ builds, mostAtOnce }).toEqual({ builds: 1, mostAtOnce: 1 });
  });

  it('is made again after a change of the sources, however old the file says it is', async () => {
    await ensure();
    await ensure();
    expect(builds).toBe(1);
    writeFileSync(join(root, 'src', 'page.svelte'), '<h1>Two</h1>');
    await ensure();
    expect(builds).toBe(2);
  });

  it('counts what a source was when the build began', async () => {
    await ensure(async (folder) => {
      await build(folder);
      writeFileSync(join(root, 'src', 'page.svelte'), '<h1>Changed meanwhile</h1>');
    });
    await ensure();
    expect(builds).toBe(2);
  });

  it('that fails says why and is tried again', async () => {
    const broken = () => Promise.reject(Object.assign(new Error('exit 1'), { stderr: 'page.svelte:1 oops' }));
    await expect(ensure(broken)).rejects.toThrow(/The build failed:[\s\S]*page\.svelte:1 oops/);
    await ensure();
    expect(builds).toBe(1);
  });
});
