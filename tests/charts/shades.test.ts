/** The calendar's shades, as tokens.css has them: told apart by lightness alone, in either theme. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DAY_LEVELS } from '#lib/charts/day-grid.ts';

const TOKENS = readFileSync(new URL('../../src/lib/components/tokens.css', import.meta.url).pathname, 'utf8');
/** A step of lightness that is seen between squares that touch; light on dark is seen worse, so it gets more. */
const LEAST = { light: 1.25, dark: 1.5 } as const;

function colourOf(token: string, theme: 'light' | 'dark'): string {
  const found = new RegExp(`--${token}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(TOKENS);
  const colour = found?.[theme === 'light' ? 1 : 2];
  if (colour === undefined) throw new Error(`tokens.css has no --${token}`);
  return colour;
}

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe('the shades of the calendar', () => {
  it.each(['light', 'dark'] as const)('go on in steps that can be seen, from the card on, in %s', (theme) => {
    const shades = Array.from({ length: DAY_LEVELS }, (_, level) =>
      colourOf(`fifth-${String(level)}`, theme),
    );
    const levels = [colourOf('surface', theme), ...shades].map((colour) => luminance(colour) + 0.05);
    const steps = levels.slice(1).map((level, at) => {
      const before = levels[at] ?? level;
      return theme === 'light' ? before / level : level / before;
    });
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(LEAST[theme]);
  });
});
