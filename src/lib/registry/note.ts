/**
 * What people note beside the curves: "40 kWp commissioned", "fuel contract changed". A note has a local date and a
 * place, a mission or one camp of it. As corrections are, it is never changed: another supersedes it, or it is withdrawn.
 */
import { yearBefore } from '../energy/calendar.ts';
import { isRealDate } from './fields.ts';

export interface Note {
  readonly mission: string;
  /** null: about the whole mission */
  readonly camp: string | null;
  /** local date of the mission */
  readonly date: string;
  readonly text: string;
}

export const MAX_NOTE_LENGTH = 280;
export const MAX_AUTHOR_LENGTH = 80;
const EARLIEST_DATE = '2000-01-01';
/** Controls, line ends among them, and marks that turn the direction of what follows: a text must not pass for another. */
const NOT_TEXT = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

export type NoteField = 'date' | 'text' | 'author';

function isText(text: string, most: number): boolean {
  return text.trim() === text && text !== '' && [...text].length <= most && !NOT_TEXT.test(text);
}

/** Whether somebody can be called so. */
export function isAuthor(text: string): boolean {
  return isText(text, MAX_AUTHOR_LENGTH);
}

/** What is wrong with a note, in the order of the form's fields; `today` the mission's local date. A year ahead is planned, more is a slip. */
export function noteProblems({ date, text }: Pick<Note, 'date' | 'text'>, today: string): NoteField[] {
  const isDated = isRealDate(date) && date >= EARLIEST_DATE && yearBefore(date) <= today;
  return [...(isDated ? [] : ['date' as const]), ...(isText(text, MAX_NOTE_LENGTH) ? [] : ['text' as const])];
}

const SENTENCES: Readonly<Record<NoteField, string>> = {
  date: 'the date is one of the calendar since 2000 and at most a year ahead: write 2026-01-31',
  text: `the text has 1 to ${String(MAX_NOTE_LENGTH)} characters on one line`,
  author: `the author has 1 to ${String(MAX_AUTHOR_LENGTH)} characters on one line`,
};

export function noteSentence(field: NoteField): string {
  return SENTENCES[field];
}

/** Whether two notes say the same of the same day and place, as a form sent twice does. */
export function isSameNote(a: Note, b: Note): boolean {
  return a.mission === b.mission && a.camp === b.camp && a.date === b.date && a.text === b.text;
}
