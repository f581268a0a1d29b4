/** Names that people and devices give → slugs. */
import { isSlug } from '../energy/reading.ts';

const SLUG_CHARS_MAX = 63;

/** `Küche 2` → `kuche-2`; undefined when nothing of `text` can stand in a slug. */
export function slugify(text: string): string | undefined {
  const slug = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, SLUG_CHARS_MAX)
    .replace(/-+$/, '');
  return isSlug(slug) ? slug : undefined;
}
