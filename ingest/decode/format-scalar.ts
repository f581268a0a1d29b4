/**
 * Format `scalar`: one bare value a topic (`shellies/em/emeter/0/power` → `231.4`). Which field a value
 * belongs to is told by the topic's captures, in the field's `when`.
 */
import type { Values } from '#lib/energy/reading.ts';
import { fieldReader } from './field-value.ts';
import { readText } from './payload.ts';
import type { Format } from './profile.ts';
import { RejectionList } from './rejection-list.ts';
import { checkSingleValue } from './single-value.ts';

export const scalarFormat: Format = {
  name: 'scalar',
  check: (field) =>
    checkSingleValue(field, {
      refused: ['path', 'sum', 'spread', 'array'],
      advice: 'a scalar is one value: use "when"',
    }),
  captures: () => [],
  extractor(fields) {
    const readers = fields.map((field) => ({
      when: Object.entries(field.when ?? {}),
      read: fieldReader(field),
    }));
    return (payload, captures) => {
      const rejections = new RejectionList();
      const meant = readers.filter(({ when }) =>
        when.every(([name, wanted]) => [wanted].flat().includes(captures.get(name) ?? '')),
      );
      if (meant.length === 0) return { records: [], rejections };
      const text = readText(payload);
      if (!text.ok) {
        rejections.add(text.rejection.reason, () => text.rejection.detail);
        return { records: [], rejections };
      }
      const values: Values = {};
      for (const { read } of meant) read(text.value, 'the payload', { values, rejections });
      const isEmpty = Object.keys(values).length === 0;
      return { records: isEmpty ? [] : [{ captures, values, time: undefined }], rejections };
    };
  },
};
