/** docs/methodology.md says what the code calculates with. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FACTOR_SETS } from '#lib/energy/factors.ts';
import { METHODOLOGY_FILE, methodology } from '../../scripts/methodology.ts';

describe('docs/methodology.md', () => {
  it('is what scripts/methodology.ts writes: run `node scripts/methodology.ts` when this fails', async () => {
    expect(readFileSync(METHODOLOGY_FILE, 'utf8')).toBe(await methodology());
  });

  it('names every factor set with its source', async () => {
    const page = await methodology();
    for (const { version, source } of FACTOR_SETS) {
      expect(page).toContain(`\`${version}\``);
      expect(page).toContain(source);
    }
  });

  it('quotes the formula of the renewable share', async () => {
    expect(await methodology()).toMatch(/renewable share +=.+÷ total/);
  });
});
