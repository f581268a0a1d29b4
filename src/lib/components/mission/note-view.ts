/** What came of a note's form that could not be taken: shown beside the form, with everything that was typed. */
import { m } from '#lib/paraglide/messages.js';
import { MAX_AUTHOR_LENGTH, MAX_NOTE_LENGTH, type NoteField } from '#lib/registry/note.ts';

export interface NoteOutcome {
  readonly form: 'note' | 'withdraw';
  readonly typed: Readonly<Record<string, string>>;
  readonly fields: readonly NoteField[];
  /** of the fault that kept it from being saved */
  readonly code: string | null;
}

export function noteProblem(field: NoteField): string {
  switch (field) {
    case 'date':
      return m.note_bad_date();
    case 'text':
      return m.note_bad_text({ most: MAX_NOTE_LENGTH });
    case 'author':
      return m.note_bad_author({ most: MAX_AUTHOR_LENGTH });
  }
}
