import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MeterSilence } from '#lib/energy/silence.ts';
import { openSilenceStore } from '#lib/server/registry/silence-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bluewatt-silence-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('The web server sees what the worker writes of silent meters, and again after a restart', () => {
  const [worker, web] = [openSilenceStore(folder), openSilenceStore(folder)];
  expect(web.current().size).toBe(0);
  const gone: MeterSilence = {
    silent: { since: 1_772_442_900_000, cause: 'heartbeat-lost' },
    expireAfterMs: null,
  };
  const back: MeterSilence = { silent: null, expireAfterMs: 900_000 };
  worker.write(
    new Map([
      ['m/c/a', gone],
      ['m/c/b', gone],
    ]),
  );
  expect(web.current().get('m/c/b')).toEqual(gone);
  worker.write(new Map([['m/c/b', back]]));
  expect([...web.current()]).toEqual([
    ['m/c/a', gone],
    ['m/c/b', back],
  ]);
  expect(web.current()).toBe(web.current());
  worker.close();
  web.close();
  const later = openSilenceStore(folder);
  expect(later.current().get('m/c/a')).toEqual(gone);
  later.close();
});
