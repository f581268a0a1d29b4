/**
 * Writing a note beside a mission's or a camp's curves, and withdrawing one: plain forms, which work without script. What
 * cannot be taken comes back as it was typed, with the fields that are wrong; a note that is sent twice is there once.
 */
import { error, fail, redirect, type RequestEvent } from '@sveltejs/kit';
import type { NoteOutcome } from '#lib/components/mission/note-view.ts';
import { localDateOf } from '#lib/energy/calendar.ts';
import { campOf, missionOf } from '#lib/registry/lookup.ts';
import { isAuthor, isSameNote, noteProblems, type Note, type NoteField } from '#lib/registry/note.ts';
import { noteStore, queryContext, signedBy } from '#lib/server/context.ts';
import { AppError } from '#lib/server/errors.ts';
import type { NoteStore, SignedNote } from '#lib/server/registry/note-store.ts';
import { typedFields } from '../../forms.ts';
import type { Place } from './energy-page.ts';

const WRITTEN = 'written on the dashboard';

/** What was typed; blanks around it are nobody's words. */
async function typedWords<Field extends string>(request: Request, fields: readonly Field[]) {
  const typed = await typedFields(request, fields);
  const trimmed = fields.map((field) => [field, typed[field]?.trim() ?? '']);
  return Object.fromEntries(trimmed) as Record<Field, string>;
}

/** Under a name of its own, because a camp's page has other forms too. */
const told = (noted: NoteOutcome) => ({ noted });

/** This page again as it was asked for, less the name of the action, at the notes. */
function backTo({ url }: RequestEvent): string {
  const kept = [...url.searchParams].filter(([name]) => !name.startsWith('/'));
  return `${url.pathname}?${new URLSearchParams(kept).toString()}#facts-heading`;
}

/** @throws HttpError 404 for a place that the registry does not know */
async function placeOf({ mission: slug, camp }: Place): Promise<{ today: string }> {
  const { registry, now } = await queryContext();
  const mission = missionOf(registry, slug);
  if (mission === undefined || (camp !== undefined && campOf(registry, slug, camp) === undefined))
    error(404, { message: 'Not found' });
  return { today: localDateOf(now, mission.zone) };
}

/** A fault of disk or database gives the form back with its code; nothing was changed. */
async function keeping(outcome: Pick<NoteOutcome, 'form' | 'typed'>, change: (store: NoteStore) => void) {
  try {
    change(await noteStore());
    return undefined;
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    console.error(JSON.stringify({ level: 'error', message: 'note not kept', code: cause.code }));
    const refused = cause.code === 'NOTE_INVALID';
    return fail(refused ? 409 : 503, told({ ...outcome, fields: [], code: cause.code }));
  }
}

/** Whoever signed in is known; a typed name must be one. */
function isSigned({ locals }: RequestEvent, author: string): boolean {
  return locals.access.person !== undefined || isAuthor(author);
}

async function write(event: RequestEvent, place: Place) {
  const { today } = await placeOf(place);
  const typed = await typedWords(event.request, ['date', 'text', 'author']);
  const { date, text } = typed;
  const author = signedBy(typed.author);
  const note: Note = { mission: place.mission, camp: place.camp ?? null, date, text };
  const fields: NoteField[] = [
    ...noteProblems(note, today),
    ...(isSigned(event, author) ? [] : ['author' as const]),
  ];
  const outcome = { form: 'note', typed } as const;
  if (fields.length > 0) return fail(422, told({ ...outcome, fields, code: null }));
  const failure = await keeping(outcome, (store) => {
    if (store.current().some((each) => isSameNote(each, note))) return;
    store.add([note], { author, reason: WRITTEN, madeAt: Date.now() });
  });
  return failure ?? redirect(303, backTo(event));
}

function isOf({ mission, camp }: SignedNote, place: Place): boolean {
  return mission === place.mission && (place.camp === undefined || camp === null || camp === place.camp);
}

async function withdraw(event: RequestEvent, place: Place) {
  await placeOf(place);
  const typed = await typedWords(event.request, ['note', 'author', 'reason']);
  const { note, reason } = typed;
  const author = signedBy(typed.author);
  const fields: NoteField[] = [
    ...(isSigned(event, author) ? [] : ['author' as const]),
    ...(noteProblems({ date: '2000-01-01', text: reason }, '2000-01-01').length === 0
      ? []
      : ['text' as const]),
  ];
  const outcome = { form: 'withdraw', typed } as const;
  if (fields.length > 0) return fail(422, told({ ...outcome, fields, code: null }));
  const failure = await keeping(outcome, (store) => {
    const found = store.current().find((each) => String(each.id) === note);
    // Withdrawn already, by a form sent twice or by somebody else: it is as was asked.
    if (found === undefined || !isOf(found, place)) return;
    store.withdraw(found.id, { author, reason, madeAt: Date.now() });
  });
  return failure ?? redirect(303, backTo(event));
}

export function noteActions(placeOfEvent: (event: RequestEvent) => Place) {
  return {
    note: (event: RequestEvent) => write(event, placeOfEvent(event)),
    withdrawNote: (event: RequestEvent) => withdraw(event, placeOfEvent(event)),
  };
}
