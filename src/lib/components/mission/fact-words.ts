/** What happened on a day, in words: by the registry's dates, or as somebody noted it. */
import { sourceWord } from '#lib/components/figures/source-words.ts';
import { formatNumber, formatPower } from '#lib/format/number.ts';
import { m } from '#lib/paraglide/messages.js';
import type { DatedFact } from '#lib/registry/facts.ts';

export function factWords(fact: DatedFact, locale: string): string {
  const noted = (words: string, note: string | null) => (note === null ? words : `${words}: ${note}`);
  switch (fact.kind) {
    case 'commissioned':
    case 'withdrawn': {
      const plant = { power: formatPower(fact.ratedW, locale), source: sourceWord(fact.source) };
      return fact.kind === 'commissioned' ? m.fact_commissioned(plant) : m.fact_withdrawn(plant);
    }
    case 'swap':
      return noted(m.fact_swap({ meter: fact.meter }), fact.note);
    case 'ct-change':
      return noted(m.fact_ct({ meter: fact.meter }), fact.note);
    case 'move':
      return noted(m.fact_move({ meter: fact.meter }), fact.note);
    case 'headcount':
      return m.fact_headcount({ people: formatNumber(fact.people, locale) });
    case 'note':
      return fact.text;
  }
}

/** More than these are a project of their own to read; the registry and the notes have them all. */
export const MOST_FACTS = 40;

/** The index of the bucket that each fact falls into, or -1; `starts` ascending, as local timestamps. */
export function bucketOfFact({ date }: DatedFact, starts: readonly string[]): number {
  const first = starts.findIndex((start) => start.slice(0, 10) === date);
  return first >= 0 ? first : starts.findLastIndex((start) => start.slice(0, 10) < date);
}
