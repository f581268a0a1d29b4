/**
 * Format `json`: one JSON document a message, fields found by JSON Pointer. Captures in the paths divide a
 * document into records, one for each set of captured names (a gateway with several modules, a meter with
 * several channels).
 */
import { Drafts, RECORDS_MAX, type Draft } from './drafts.ts';
import { fieldReader, put, readRaw } from './field-value.ts';
import { describeFound } from './found.ts';
import { firstAt, parseJsonPath, walk, type JsonPath } from './json-path.ts';
import { readJson } from './payload.ts';
import type { Format, SpecProblem } from './profile.ts';
import type { FieldSpec } from './profile-schema.ts';
import { RejectionList } from './rejection-list.ts';
import type { Captures } from './topic-pattern.ts';

type FieldWalk = (
  root: unknown,
  captures: Captures,
  draftOf: (captures: Captures) => Draft | undefined,
) => boolean;

export const jsonFormat: Format = {
  name: 'json',
  check,
  captures: (field) => pathsOf(field).flatMap((path) => path.names),
  extractor(fields, timePath) {
    const walks = fields.map((field) => ({ applies: applies(field), run: fieldWalk(field) }));
    const time = timePath === null ? undefined : compiled(timePath);
    return (payload, captures) => {
      const json = readJson(payload);
      const rejections = new RejectionList();
      if (!json.ok) {
        rejections.add(json.rejection.reason, () => json.rejection.detail);
        return { records: [], rejections };
      }
      if (typeof json.value !== 'object' || json.value === null) {
        const found = describeFound(json.value);
        rejections.add('payload-wrong-shape', () => `found ${found}; expected a JSON object or array`);
        return { records: [], rejections };
      }
      const drafts = new Drafts(rejections);
      let isWhole = true;
      for (const { applies: isMeant, run } of walks) {
        if (isMeant(captures)) isWhole = run(json.value, captures, (of) => drafts.of(of));
        // Listing a hundred thousand keys again for every field would take seconds.
        if (!isWhole) break;
      }
      if (!isWhole || drafts.isFull) {
        const limit = `more than ${RECORDS_MAX} devices or parts in one message; only a part of it was read`;
        rejections.add('payload-wrong-shape', () => limit);
      }
      const timeOf = (of: Captures): unknown =>
        time === undefined ? undefined : firstAt(time, json.value, of);
      return { records: drafts.records(timeOf), rejections };
    };
  },
};

function fieldWalk(field: FieldSpec): FieldWalk {
  const read = fieldReader(field);
  const [first, ...others] = pathsOf(field);
  if (first === undefined) throw new Error('a json field has a path or a sum: the profile was not checked');
  if (field.sum === undefined) {
    return (root, captures, draftOf) =>
      walk(first, root, captures, (raw, found) => {
        const draft = raw === null ? undefined : draftOf(found);
        if (draft !== undefined) read(raw, first.text, draft);
      });
  }
  const scales = field.sum.map((part) => part.scale ?? 1);
  const quantity = Array.isArray(field.to) ? field.to[0] : field.to;
  return (root, captures, draftOf) =>
    walk(first, root, captures, (raw, found) => {
      const draft = draftOf(found);
      if (draft === undefined || quantity === undefined) return;
      const raws = [raw, ...others.map((path) => firstAt(path, root, found))];
      const parts = raws.map((each) => readRaw(each, field));
      const wrong = parts.indexOf('no number');
      if (wrong >= 0) {
        const place = field.sum?.[wrong]?.path;
        const detail = `${place} is ${describeFound(raws[wrong])}; expected a number`;
        draft.rejections.add('value-not-a-number', () => detail);
      }
      // A sum with a part missing would be a wrong number, so there is none.
      const numbers = parts.filter((each) => typeof each === 'number');
      if (numbers.length < parts.length) return;
      put(
        quantity,
        numbers.reduce((sum, each, index) => sum + each * (scales[index] ?? 1), 0),
        field,
        draft,
      );
    });
}

function applies(field: FieldSpec): (captures: Captures) => boolean {
  const conditions = Object.entries(field.when ?? {});
  return (captures) =>
    conditions.every(([name, wanted]) => [wanted].flat().includes(captures.get(name) ?? ''));
}

function pathsOf(field: FieldSpec): JsonPath[] {
  const texts = field.sum?.map((part) => part.path) ?? (field.path === undefined ? [] : [field.path]);
  return texts.map(parseJsonPath).filter((path) => typeof path !== 'string');
}

function compiled(text: string): JsonPath {
  const path = parseJsonPath(text);
  if (typeof path === 'string') throw new Error(`${text}: ${path}: the profile was not checked`);
  return path;
}

function check(field: FieldSpec): SpecProblem[] {
  const problems: SpecProblem[] = [];
  const checkPath = (text: string, path: (string | number)[]): void => {
    const parsed = parseJsonPath(text);
    if (typeof parsed === 'string') problems.push({ path, message: `found "${text}": ${parsed}` });
  };
  if ((field.path === undefined) === (field.sum === undefined)) {
    problems.push({ path: [], message: 'a json field has either a path or a sum' });
  }
  if (field.path !== undefined) checkPath(field.path, ['path']);
  field.sum?.forEach((part, index) => checkPath(part.path, ['sum', index, 'path']));
  if (field.sum !== undefined && Array.isArray(field.to)) {
    problems.push({ path: ['to'], message: 'a sum fills one quantity' });
  }
  return problems;
}
