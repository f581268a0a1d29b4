/** The reader's language and theme, for the head of every page. */
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ locals }) => ({ locale: locals.locale, theme: locals.theme });
