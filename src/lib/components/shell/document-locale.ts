/**
 * The browser speaks the language the server rendered in, whatever its own settings say: the document's own
 * `lang` is the one truth, so that no script ever changes a word.
 */
import { baseLocale, isLocale, overwriteGetLocale } from '#lib/paraglide/runtime.js';

export function followDocumentLocale(): void {
  overwriteGetLocale(() => {
    const { lang } = document.documentElement;
    return isLocale(lang) ? lang : baseLocale;
  });
}
