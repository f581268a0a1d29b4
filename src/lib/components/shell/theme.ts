/** The reader's choice of theme, kept in a cookie so that the server can render it. */
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
export const THEME_COOKIE = 'bluewatt-theme';

/** Anything that is no theme means the system's. */
export function toTheme(text: string | undefined | null): Theme {
  return THEMES.find((theme) => theme === text) ?? 'system';
}
