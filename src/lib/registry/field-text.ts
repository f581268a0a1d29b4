/** Values of the registry as people read and type them in a form or a table: kilowatts, percent, yes or no. Pure. */
import { numeral } from './assign.ts';

export type FieldKind =
  'text' | 'capitals' | 'number' | 'thousands' | 'percent' | 'flag' | 'register' | 'words';

/** Powers of ten between what stands in the registry and what is shown. */
const PLACES: Readonly<Partial<Record<FieldKind, number>>> = { number: 0, thousands: -3, percent: 2 };

/** What a field shows for `value`; '' for nothing. {@link valueOf} of it is `value` again. */
export function textOf(value: unknown, kind: FieldKind): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return shifted(String(value), PLACES[kind] ?? 0);
  if (typeof value === 'boolean') return value ? 'true' : '';
  if (Array.isArray(value)) return value.join(' ');
  if (typeof value === 'object') return 'wrap' in value ? `wrap ${String(value.wrap)}` : '';
  return typeof value === 'string' ? value : '';
}

/** What `text` says, undefined when it says nothing. What cannot be read stays a text, for the registry's rules to refuse. */
export function valueOf(text: string, kind: FieldKind): unknown {
  const typed = text.trim();
  if (typed === '') return undefined;
  switch (kind) {
    case 'text':
      return typed;
    case 'capitals':
      return typed.toUpperCase();
    case 'flag':
      return typed === 'true' ? true : typed;
    case 'register': {
      const wrap = /^wrap (.+)$/.exec(typed)?.[1];
      return wrap === undefined ? typed : { wrap: numeral(wrap) };
    }
    case 'words':
      return typed.split(/[\s,]+/);
    case 'number':
    case 'thousands':
    case 'percent':
      return decimal(typed, -(PLACES[kind] ?? 0));
  }
}

function decimal(typed: string, places: number): number | string {
  const [, sign = '', digits = ''] = /^([-\u2212]?)\s*(.*)$/su.exec(typed) ?? [];
  if (typeof numeral(digits) !== 'number') return typed;
  const plain = digits.replace(/\s/gu, '').replace(',', '.');
  // As text, because 0.018 × 100 is not 1.8 in a computer's numbers.
  return Number(shifted(`${sign === '' ? '' : '-'}${plain}`, places));
}

/** A number's text with its point moved to the right; exact, without an exponent. */
function shifted(text: string, places: number): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(text);
  if (match === null) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent) + places;
  const padded = digits.padStart(digits.length + Math.max(0, 1 - point), '0').padEnd(Math.max(0, point), '0');
  const at = Math.max(1, point);
  const before = padded.slice(0, at).replace(/^0+(?=\d)/, '');
  const after = padded.slice(at).replace(/0+$/, '');
  return `${sign}${before}${after === '' ? '' : `.${after}`}`;
}
