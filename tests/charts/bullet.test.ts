import { describe, expect, it } from 'vitest';
import { bullet } from '#lib/charts/bullet.ts';

describe('a bullet bar', () => {
  it('places share, path and target and marks what is missing', () => {
    expect(bullet({ share: 0.255, onSiteShare: 0.2, pathShare: 0.48, targetShare: 0.8 })).toEqual({
      barPct: 25.5,
      onSitePct: 20,
      pathPct: 48,
      targetPct: 80,
      shortfall: { fromPct: 25.5, toPct: 48 },
    });
  });

  it('has no bar without data, and no shortfall beyond the path', () => {
    expect(bullet({ share: null, onSiteShare: null, pathShare: 0.48, targetShare: 0.8 })).toMatchObject({
      barPct: null,
      onSitePct: null,
      shortfall: null,
    });
    expect(bullet({ share: 0.6, onSiteShare: 0.6, pathShare: 0.48, targetShare: null }).shortfall).toBeNull();
  });

  it('stays on its track whatever it is given', () => {
    expect(bullet({ share: 1.7, onSiteShare: 2, pathShare: -1, targetShare: Number.NaN })).toMatchObject({
      barPct: 100,
      onSitePct: 100,
      pathPct: 0,
      targetPct: null,
    });
  });
});
