/**
 * The browser speaks the language the server rendered in, whatever its own settings say: the document's own
 * `lang` is the one truth, so that hydration never changes a word.
 */
import type { ClientInit } from '@sveltejs/kit';
import { baseLocale, isLocale, overwriteGetLocale } from '#lib/paraglide/runtime.js';

export const init: ClientInit = () => {
  overwriteGetLocale(() => {
    const { lang } = document.documentElement;
    return isLocale(lang) ? lang : baseLocale;
  });
};
