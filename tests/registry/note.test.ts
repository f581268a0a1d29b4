import { describe, expect, it } from 'vitest';
import { isAuthor, isSameNote, MAX_NOTE_LENGTH, noteProblems, type Note } from '#lib/registry/note.ts';

const TODAY = '2026-11-24';
const problems = (date: string, text: string) => noteProblems({ date, text }, TODAY);

describe('a note beside the curves', () => {
  it('has a date of the calendar, since 2000 and at most a year ahead', () => {
    for (const date of ['2000-01-01', '2026-11-24', '2027-11-24']) expect(problems(date, 'x')).toEqual([]);
    for (const date of ['', '1999-12-31', '2026-02-30', '24.11.2026', '2027-11-25', '2026-11-24T00:00'])
      expect(problems(date, 'x'), date).toEqual(['date']);
  });

  it('has a text of one line, in any script, counted in characters and not in bytes', () => {
    for (const text of ['40 kWp commissioned', 'x', 'تم تشغيل المولد', '🔧'.repeat(MAX_NOTE_LENGTH), '<b>&"'])
      expect(problems(TODAY, text), text).toEqual([]);
    const notOneLine = [
      '',
      ' x',
      'a\nb',
      'a\u0000b',
      'a\u2028b',
      'a\u202eb',
      'x'.repeat(MAX_NOTE_LENGTH + 1),
    ];
    for (const text of notOneLine) expect(problems(TODAY, text), JSON.stringify(text)).toEqual(['text']);
    expect(problems('', '')).toEqual(['date', 'text']);
  });

  it('is signed by somebody who can be called', () => {
    expect(isAuthor('A. Officer')).toBe(true);
    for (const author of ['', ' ', 'a\tb', 'x'.repeat(81)]) expect(isAuthor(author)).toBe(false);
  });

  it('is the same where place, day and words are', () => {
    const note: Note = { mission: 'unmiss', camp: null, date: TODAY, text: 'x' };
    expect(isSameNote(note, { ...note })).toBe(true);
    for (const other of [{ camp: 'juba' }, { mission: 'unifil' }, { date: '2026-11-25' }, { text: 'y' }])
      expect(isSameNote(note, { ...note, ...other })).toBe(false);
  });
});
