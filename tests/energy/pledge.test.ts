import { describe, expect, it } from 'vitest';
import { contributorOf, parseContributor } from '#lib/energy/owner.ts';
import { dividePlants, pledgeStatus, type Plant, type PledgeFacts } from '#lib/energy/pledge.ts';

const FACTS: PledgeFacts = {
  pledgedW: 100_000,
  due: '2026-06-30',
  today: '2026-06-01',
  deployedW: 0,
  deliveredWh: 0,
  expectedWh: null,
};

describe('a pledge', () => {
  it.each<[string, Partial<PledgeFacts>, string]>([
    ['before its date, with nothing there', {}, 'pledged'],
    ['before its date, with half of it there', { deployedW: 50_000 }, 'pledged'],
    ['on its very date', { today: '2026-06-30' }, 'pledged'],
    ['a day after its date', { today: '2026-07-01' }, 'overdue'],
    [
      'after its date, with half of it there and delivering',
      { today: '2026-07-01', deployedW: 50_000, deliveredWh: 5e6 },
      'overdue',
    ],
    ['with all of it there', { deployedW: 100_000, expectedWh: 10_000_000 }, 'deployed'],
    ['with a nameplate a little smaller', { deployedW: 95_000, expectedWh: 10_000_000 }, 'deployed'],
    [
      'that stands late but stands',
      { today: '2027-01-01', deployedW: 100_000, expectedWh: 1e7, deliveredWh: 8e6 },
      'delivering',
    ],
    [
      'that gives just half of what is expected',
      { deployedW: 100_000, expectedWh: 1e7, deliveredWh: 5e6 },
      'delivering',
    ],
    ['that gives less', { deployedW: 100_000, expectedWh: 1e7, deliveredWh: 4_999_999 }, 'deployed'],
    ['that went into service today', { deployedW: 100_000, expectedWh: 0, deliveredWh: 0 }, 'deployed'],
    [
      'of a source without a known yield that gives anything',
      { deployedW: 100_000, deliveredWh: 1 },
      'delivering',
    ],
    ['of such a source that gives nothing', { deployedW: 100_000 }, 'deployed'],
  ])('%s', (_, facts, status) => {
    expect(pledgeStatus({ ...FACTS, ...facts })).toBe(status);
  });
});

describe('plants', () => {
  const plant: Plant = { ratedW: 300, deliveredWh: 3_000, expectedWh: 6_000 };
  const claim = (pledgedW: number, due: string, plants = [plant]) => ({ pledgedW, due, plants });

  it('fulfil the earlier pledge first, and no watt counts for two', () => {
    const parts = dividePlants([claim(200, '2026-12-31'), claim(250, '2026-01-31')]);
    expect(parts).toEqual([
      { deployedW: 50, deliveredWh: 500, expectedWh: 1_000 },
      { deployedW: 250, deliveredWh: 2_500, expectedWh: 5_000 },
    ]);
  });

  it('beyond what was pledged count for nobody', () => {
    expect(dividePlants([claim(100, '2026-01-31')])).toEqual([
      { deployedW: 100, deliveredWh: 1_000, expectedWh: 2_000 },
    ]);
  });

  it('of one unit go to its own pledge before they go to its country’s', () => {
    const other = { ratedW: 50, deliveredWh: 10, expectedWh: null };
    const country = claim(400, '2026-01-01', [plant, other]);
    expect(dividePlants([country, claim(300, '2026-12-31')])).toEqual([
      { deployedW: 50, deliveredWh: 10, expectedWh: null },
      { deployedW: 300, deliveredWh: 3_000, expectedWh: 6_000 },
    ]);
  });

  it('that nobody rated fulfil nothing', () => {
    const unrated = { ratedW: 0, deliveredWh: 10, expectedWh: 0 };
    expect(dividePlants([claim(100, '2026-01-01', [unrated])])).toEqual([
      { deployedW: 0, deliveredWh: 0, expectedWh: null },
    ]);
  });
});

describe('a contributor', () => {
  it.each([
    [{ country: 'BD', unit: 'BANBATT' }, 'BD/BANBATT'],
    [{ country: 'BD', unit: 'BANBATT 2/3' }, 'BD/BANBATT 2/3'],
    [{ country: 'BD' }, 'BD/'],
    [{ unit: 'BANBATT' }, '/BANBATT'],
  ])('%j is told as %s and read again', (names, text) => {
    expect(contributorOf(names)).toBe(text);
    expect(parseContributor(text)).toEqual({ country: null, unit: null, ...names });
  });

  it('is nobody where the registry tells neither unit nor country', () => {
    expect(contributorOf({})).toBeUndefined();
  });
});
