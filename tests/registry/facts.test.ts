/** What the registry dates, as the officer's page tells it beside the curves. */
import { describe, expect, it } from 'vitest';
import { datedFacts } from '#lib/registry/facts.ts';
import { camp, meter, mission } from '../server/queries/fixture.ts';

const YEAR = { from: '2026-01-01', to: '2026-12-31' };
const SITE = mission(
  {
    a: camp(
      {
        'pv-1': meter('solar', { ratedW: 25_000, from: '2026-05-01' }),
        'pv-2': meter('solar', { ratedW: 15_000, from: '2026-05-01' }),
        'gen-1': meter('diesel', {
          name: 'Genset 1',
          to: '2026-05-02',
          events: [{ at: '2026-03-31T23:30:00Z', kind: 'swap', note: 'burnt' }],
        }),
        'load-1': meter('load', { from: '2026-05-01' }),
      },
      { name: 'Camp A', headcount: [{ from: '2026-02-01', people: 400 }] },
    ),
    b: camp({ 'pv-1': meter('solar', { ratedW: 9_000, from: '2025-12-31' }) }, { name: 'Camp B' }),
  },
  { zone: 'Africa/Juba' },
);

describe('dated facts of the registry', () => {
  it('tell plant by source and day, swaps by the mission’s own date, and people, in order', () => {
    expect(datedFacts(SITE, YEAR).map(({ date, kind }) => `${date} ${kind}`)).toEqual([
      '2026-02-01 headcount',
      '2026-04-01 swap',
      '2026-05-01 commissioned',
      '2026-05-02 withdrawn',
    ]);
    expect(datedFacts(SITE, YEAR)[2]).toMatchObject({ source: 'solar', ratedW: 40_000, campName: 'Camp A' });
    expect(datedFacts(SITE, YEAR)[1]).toMatchObject({ meter: 'Genset 1', note: 'burnt' });
  });

  it('tell of people who came or left, not of a count that confirms the one before', () => {
    const headcount = [
      { from: '2026-08-01', people: 500 },
      { from: '2026-05-01', people: 400 },
      { from: '2026-02-01', people: 400 },
    ];
    const counted = mission({ a: camp({}, { headcount }) });
    expect(datedFacts(counted, YEAR).map(({ date }) => date)).toEqual(['2026-02-01', '2026-08-01']);
  });

  it('do not add up ratings that nobody gave', () => {
    expect(datedFacts(SITE, YEAR)[3]).toMatchObject({ kind: 'withdrawn', source: 'diesel', ratedW: null });
  });

  it('keep to the period and, when asked, to one camp', () => {
    const both = { from: '2025-12-01', to: '2026-02-01' };
    expect(datedFacts(SITE, both).map(({ camp }) => camp)).toEqual(['b', 'a']);
    expect(datedFacts(SITE, both, { camp: 'b' })).toHaveLength(1);
    expect(datedFacts(SITE, { from: '2026-06-01', to: '2026-06-30' })).toEqual([]);
  });
});
