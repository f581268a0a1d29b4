/** Names that devices give to what they measure, as words: `totalActEnergy_kWh` → total, act, energy, kwh. */

const UNIT_WORDS: readonly (readonly [RegExp, string])[] = [
  [/(mega)?watt[-_ ]?hours?/gi, ' wh '],
  [/k[wW][hH]/g, ' kwh '],
  [/KWH|Kwh/g, ' kwh '],
  [/M[wW]h/g, ' mwh '],
  [/k[wW](?![a-z])/g, ' kw '],
  [/k[vV][aA][rR]/g, ' kvar '],
  [/k[vV][aA](?![a-z])/g, ' kva '],
  [/(?<![a-zA-Z])m[aA](?![a-zA-Z])/g, ' ma '],
  [/(?<![a-zA-Z])VA(?![a-z])/g, ' va '],
  [/(?<![a-zA-Z])Wh(?![a-z])/g, ' wh '],
  [/(?<=[a-z])Wh(?![a-z])/g, ' wh '],
];

/** `P004`, `R012`: a register's address; `A1B2C3D4E5`: a serial number. Their letters are no quantities. `U12` is one. */
const ADDRESS = /^[A-Za-z]\d{3,}$|^(?=.*\d)[0-9a-fA-F]{6,}$/;

export function wordsOf(name: string): string[] {
  if (ADDRESS.test(name)) return [];
  const spaced = UNIT_WORDS.reduce(
    (text, [pattern, word]) => text.replace(pattern, word),
    name.slice(0, 120),
  );
  return spaced
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replace(/([A-Za-z])(\d)/g, '$1 $2')
    .replace(/(\d)([A-Za-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d%°³]+/)
    .filter((word) => word !== '');
}

/** Names that say nothing of what is measured: the level above does. */
const EMPTY_NAMES: ReadonlySet<string> = new Set(
  'value val data state payload values measurement measurements reading readings current_value v_value raw status metrics'.split(
    ' ',
  ),
);

export function isEmptyName(name: string): boolean {
  return EMPTY_NAMES.has(name.toLowerCase());
}

/** 1, 2 or 3: `l2`, `phase_b`, `ph1`. */
export function phaseOf(words: readonly string[]): { phase: number; rest: string[] } | undefined {
  const numbers = words.filter((word) => /^[123]$/.test(word));
  // l1 l2: a voltage between two phases is neither's.
  if (numbers.length > 1) return undefined;
  for (const [index, word] of words.entries()) {
    const next = words[index + 1] ?? '';
    const named = ['l', 'phase', 'ph', 'phs', 'line'].includes(word) ? phaseNumber(next) : undefined;
    if (named !== undefined)
      return { phase: named, rest: words.filter((_, at) => at !== index && at !== index + 1) };
  }
  const [first = '', last = ''] = [words[0], words.at(-1)];
  // Weak: counts only where the two others stand beside it.
  if (/^[abc]$/.test(first) && words.length > 1)
    return { phase: phaseNumber(first) ?? 1, rest: words.slice(1) };
  if (/^[123]$/.test(last)) return { phase: Number(last), rest: words.slice(0, -1) };
  return undefined;
}

function phaseNumber(word: string): number | undefined {
  const place = ['1ar', '2bs', '3ct'].findIndex((names) => word.length === 1 && names.includes(word));
  return place < 0 ? undefined : place + 1;
}
