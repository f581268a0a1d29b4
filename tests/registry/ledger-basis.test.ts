import { describe, expect, it } from 'vitest';
import { datesThatDiffer, isWithin, joinSpans } from '#lib/registry/ledger-basis.ts';
import type { Camp, Meter, Mission, Registry } from '#lib/registry/types.ts';

const AT = { mission: 'unmiss', camp: 'juba' };
const solar: Meter = { source: 'solar', ratedW: 5, ownership: 'un-owned', expectedIntervalS: 60, events: [] };
const gridMeter: Meter = { ...solar, source: 'grid', ownership: 'host-grid' };

function registry(
  meters: Record<string, Meter>,
  rest: { mission?: Partial<Mission>; camp?: Partial<Camp> } = {},
): Registry {
  const camp: Camp = { name: 'Juba', headcount: [], meters, ...rest.camp };
  const mission = { name: 'UNMISS', zone: 'Africa/Juba', targets: [], grid: [], ...rest.mission };
  return { missions: { unmiss: { ...mission, camps: { juba: camp } } }, pledges: [], sources: [] };
}

function differing(before: Registry, after: Registry) {
  return datesThatDiffer({ before, after }, AT);
}

const plain = registry({ pv: solar, grid: gridMeter });
const withGrid = (...grid: Mission['grid']) =>
  registry({ pv: solar, grid: gridMeter }, { mission: { grid } });

describe('two registries', () => {
  it.each<[string, Registry, Registry, unknown]>([
    ['that say the same differ on no date', plain, registry({ grid: gridMeter, pv: solar }), []],
    [
      'differ on none when only names, people or intervals change',
      plain,
      registry(
        { pv: { ...solar, name: 'Roof', expectedIntervalS: 5 }, grid: gridMeter },
        { camp: { headcount: [{ from: '2026-01-01', people: 5 }] } },
      ),
      [],
    ],
    [
      'differ always when a source is corrected',
      plain,
      registry({ pv: { ...solar, source: 'wind' }, grid: gridMeter }),
      [{}],
    ],
    [
      'differ always when the zone is',
      plain,
      registry({ pv: solar, grid: gridMeter }, { mission: { zone: 'UTC' } }),
      [{}],
    ],
    ['differ always when the camp is new', registry({}, { mission: { camps: {} } }), plain, [{}]],
    [
      'differ from the day of a new grid fraction until the next that stood before',
      withGrid(
        { from: '2024-01-01', renewableFraction: 0.1 },
        { from: '2026-01-01', renewableFraction: 0.2 },
      ),
      withGrid(
        { from: '2024-01-01', renewableFraction: 0.1 },
        { from: '2025-03-01', renewableFraction: 0.15 },
        { from: '2026-01-01', renewableFraction: 0.2 },
      ),
      [{ from: '2025-03-01', to: '2026-01-01' }],
    ],
    [
      'differ on none when a camp without a grid meter gets another fraction',
      registry({ pv: solar }),
      registry({ pv: solar }, { mission: { grid: [{ from: '2024-01-01', renewableFraction: 0.5 }] } }),
      [],
    ],
    [
      'differ while a meter serves longer',
      registry({ pv: { ...solar, from: '2026-01-01', to: '2026-06-01' } }),
      registry({ pv: { ...solar, from: '2025-12-01', to: '2026-07-01' } }),
      [
        { from: '2025-12-01', to: '2026-01-01' },
        { from: '2026-06-01', to: '2026-07-01' },
      ],
    ],
    [
      'differ from the day the equipment changes hands',
      plain,
      registry({
        pv: { ...solar, owners: [{ from: '2026-05-01', ownership: 'coe-wet', unit: 'BANBATT' }] },
        grid: gridMeter,
      }),
      [{ from: '2026-05-01' }],
    ],
    [
      'differ on one stretch where several dates of it differ',
      registry({ a: solar }),
      registry({
        a: solar,
        b: { ...solar, from: '2026-01-01', to: '2026-03-01' },
        c: { ...solar, from: '2026-02-01', to: '2026-04-01' },
      }),
      [{ from: '2026-01-01', to: '2026-04-01' }],
    ],
  ])('%s', (_, before, after, spans) => {
    expect(differing(before, after)).toEqual(spans);
  });

  it('differ where units are told, when the older ledger did not tell them', () => {
    const owners = [{ from: '2026-05-01', ownership: 'un-owned', unit: 'BANBATT' }] as const;
    const told = registry({ pv: { ...solar, owners } });
    expect(datesThatDiffer({ before: told, after: told, isByUnit: false }, AT)).toEqual([
      { from: '2026-05-01' },
    ]);
    expect(datesThatDiffer({ before: plain, after: plain, isByUnit: false }, AT)).toEqual([]);
  });
});

describe('spans of dates', () => {
  it('are joined where they touch or overlap', () => {
    expect(joinSpans([{ from: 'b', to: 'd' }, { from: 'x' }], [{ from: 'c', to: 'f' }, { to: 'a' }])).toEqual(
      [{ to: 'a' }, { from: 'b', to: 'f' }, { from: 'x' }],
    );
    expect(joinSpans([{ from: 'a', to: 'b' }], [{ from: 'b', to: 'c' }])).toEqual([{ from: 'a', to: 'c' }]);
    expect(joinSpans([{ from: 'c', to: 'd' }], [{}])).toEqual([{}]);
  });

  it('hold their first date and not their last', () => {
    const span = { from: '2026-01-01', to: '2026-02-01' };
    expect(
      ['2025-12-31', '2026-01-01', '2026-01-31', '2026-02-01'].map((date) => isWithin(span, date)),
    ).toEqual([false, true, true, false]);
    expect(isWithin({}, '1970-01-01')).toBe(true);
  });
});
