import { followDocumentLocale } from '#lib/components/shell/document-locale.ts';

export const init = followDocumentLocale;
