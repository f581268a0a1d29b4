/** Notes beside the curves: added, withdrawn, and never changed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Note } from '#lib/registry/note.ts';
import { openAppDatabase } from '#lib/server/registry/app-database.ts';
import { openNoteStore, type NoteStore } from '#lib/server/registry/note-store.ts';

const SIGNED = { author: 'A. Officer', reason: 'seen', madeAt: Date.UTC(2026, 10, 24) };
const note = (rest: Partial<Note> = {}): Note => ({
  mission: 'unmiss',
  camp: null,
  date: '2026-05-04',
  text: '40 kWp commissioned',
  ...rest,
});

let folder: string;
let store: NoteStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bluewatt-notes-'));
  store = openNoteStore(folder);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

describe('Notes', () => {
  it('come back as they were written, of a mission or of a camp, to another process too', () => {
    store.add([note(), note({ camp: 'juba' })], SIGNED);
    const beside = openNoteStore(folder);
    expect(beside.current()).toMatchObject([
      { ...note(), id: 1, author: 'A. Officer', madeAt: SIGNED.madeAt },
      { ...note({ camp: 'juba' }), id: 2 },
    ]);
    beside.close();
  });

  it('are refused in whole, with what is wrong and where', () => {
    expect(() => store.add([note(), note({ camp: 'juba', text: 'a\nb' })], SIGNED)).toThrow(
      /^unmiss\/juba: the text has 1 to 280 characters on one line/,
    );
    expect(() => store.add([note(), note()], SIGNED)).toThrow(/Note 1 already says so of unmiss/);
    expect(store.current()).toEqual([]);
  });

  it('are withdrawn once, by somebody, and stay in the history', () => {
    store.add([note()], SIGNED);
    const end = { author: 'B. Officer', reason: 'was 30 kWp', madeAt: SIGNED.madeAt + 1 };
    store.withdraw(1, end);
    expect(store.current()).toEqual([]);
    expect(store.history()).toMatchObject([{ text: '40 kWp commissioned', withdrawn: end }]);
    expect(() => store.withdraw(1, end)).toThrow(expect.objectContaining({ code: 'NOTE_INVALID' }) as Error);
    // The same may be said again.
    expect(store.add([note()], SIGNED)).toMatchObject([{ id: 2 }]);
  });

  it('cannot be changed or deleted, not even by a slip of our own', () => {
    store.add([note()], SIGNED);
    store.withdraw(1, SIGNED);
    const database = openAppDatabase(folder);
    for (const table of ['note', 'note_withdrawal']) {
      expect(() => database.exec(`UPDATE ${table} SET author = 'x'`)).toThrow(/never changed/);
      expect(() => database.exec(`DELETE FROM ${table}`)).toThrow(/never deleted/);
    }
    database.close();
  });
});
