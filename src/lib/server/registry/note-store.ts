/** What people noted beside the curves, at rest in `app.db`. */
import { isSameNote, noteProblems, noteSentence, type Note } from '../../registry/note.ts';
import {
  openSignedRecords,
  type SignedRecord,
  type SignedRecords,
  type SignedTable,
} from './signed-records.ts';

export type SignedNote = SignedRecord<Note>;
export type NoteStore = SignedRecords<Note>;

/** Zones are at most this far ahead of UTC; whoever knows the mission's has looked more closely. */
const ZONES_AHEAD_MS = 14 * 3_600_000;

const NOTES: SignedTable<Note> = {
  name: 'note',
  noun: 'note',
  code: 'NOTE_INVALID',
  reasonTells: 'why it is written or withdrawn',
  columns: ['mission', 'camp', 'date', 'text'],
  valuesOf: ({ mission, camp, date, text }) => [mission, camp, date, text],
  dataOf: (row) => ({
    mission: String(row['mission']),
    camp: row['camp'] === null ? null : String(row['camp']),
    date: String(row['date']),
    text: String(row['text']),
  }),
  problemOf: (note, { others, now }) => {
    const today = new Date(now + ZONES_AHEAD_MS).toISOString().slice(0, 10);
    const problems = noteProblems(note, today);
    const place = note.camp === null ? note.mission : `${note.mission}/${note.camp}`;
    if (problems.length > 0) return `${place}: ${problems.map(noteSentence).join('; ')}.`;
    for (const each of others) {
      if (isSameNote(each, note))
        return `Note ${String(each.id)} already says so of ${place} on ${note.date}. Withdraw it first.`;
    }
    return undefined;
  },
};

export function openNoteStore(dataDir: string): NoteStore {
  return openSignedRecords(dataDir, NOTES);
}
