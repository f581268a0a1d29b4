import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EMPTY_REGISTRY } from '#lib/registry/lookup.ts';
import { openDraftStore, type DraftStore } from '#lib/server/registry/draft-store.ts';
import { temporaryFolder } from '../../support/server-process.ts';

let folder = '';
let drafts: DraftStore;

beforeEach(async () => {
  folder = await temporaryFolder('drafts');
  drafts = openDraftStore(folder);
});
afterEach(async () => {
  drafts.close();
  await rm(folder, { recursive: true, force: true });
});

const draft = { base: 4, registry: EMPTY_REGISTRY, title: 'nothing', madeAt: 1 };
const large = {
  ...EMPTY_REGISTRY,
  missions: { m: { name: 'x'.repeat(22_000_000), zone: 'UTC', targets: [], grid: [], camps: {} } },
};

describe('drafts', () => {
  it('are there again after a restart, whole, with what they were saved as', () => {
    const id = drafts.add(draft);
    drafts.noteSaved(id, 5);
    drafts.close();
    drafts = openDraftStore(folder);
    expect(drafts.get(id)).toEqual({ ...draft, id, savedAs: 5 });
    expect(drafts.get('nobody’s')).toBeUndefined();
  });

  it('have an id that does not tell the next one', () => {
    const ids = [drafts.add(draft), drafts.add(draft)];
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{24}$/);
  });

  it('make room for the newest: by number, and by size', () => {
    const ids = Array.from({ length: 202 }, () => drafts.add(draft));
    expect(ids.map((id) => drafts.get(id) !== undefined).indexOf(true)).toBe(2);
    const sizes = [
      drafts.add({ ...draft, registry: large }),
      drafts.add({ ...draft, registry: large }),
      drafts.add({ ...draft, registry: large }),
    ];
    expect(sizes.map((id) => drafts.get(id) !== undefined)).toEqual([false, true, true]);
  });
});
