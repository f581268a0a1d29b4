import { describe, expect, it } from 'vitest';
import {
  gridRenewableFractionOn,
  headcountOn,
  isInService,
  ownedStretches,
  ownerOn,
  personDays,
  serviceRange,
} from '#lib/registry/in-service.ts';
import type { Camp, Meter, Mission } from '#lib/registry/types.ts';

const meter: Meter = { source: 'solar', ownership: 'un-owned', expectedIntervalS: 60, events: [] };
const camp: Camp = { name: 'Camp', headcount: [], meters: {} };
const mission: Mission = { name: 'Mission', zone: 'Asia/Beirut', targets: [], grid: [], camps: {} };

describe('a meter in service', () => {
  it('counts from its first date to the day before its last', () => {
    const dated = { ...meter, from: '2026-03-01', to: '2026-03-03' };
    const dates = ['2026-02-28', '2026-03-01', '2026-03-02', '2026-03-03'];
    expect(dates.map((date) => isInService(dated, date))).toEqual([false, true, true, false]);
  });

  it('always counts when the registry gives no dates', () => {
    expect(isInService(meter, '1999-01-01')).toBe(true);
    expect(serviceRange(meter, 'UTC')).toEqual({ from: -Infinity, to: Infinity });
  });

  it('begins and ends at the mission’s midnights', () => {
    const range = serviceRange({ ...meter, from: '2026-03-28', to: '2026-03-29' }, 'Asia/Beirut');
    // 29 March has no midnight: its first instant is one o'clock, summer time
    expect(range).toEqual({
      from: Date.parse('2026-03-28T00:00+02:00'),
      to: Date.parse('2026-03-29T01:00+03:00'),
    });
  });
});

describe('the equipment of a meter', () => {
  const INDBATT = { ownership: 'coe-wet', country: 'IN', unit: 'INDBATT' } as const;
  const handedOn: Meter = {
    ...meter,
    from: '2026-01-01',
    to: '2026-12-01',
    owners: [
      { from: '2026-08-01', ownership: 'un-owned' },
      { from: '2026-03-01', ...INDBATT },
    ],
  };

  it('is whose the registry last said, from that date on', () => {
    const dates = ['2026-02-28', '2026-03-01', '2026-07-31', '2026-08-01'];
    expect(dates.map((date) => ownerOn(handedOn, date).ownership)).toEqual([
      'un-owned',
      'coe-wet',
      'coe-wet',
      'un-owned',
    ]);
    expect(ownerOn(handedOn, '2026-03-01')).toMatchObject(INDBATT);
    expect(ownerOn(handedOn, '2026-08-01').unit).toBeUndefined();
    expect(ownerOn(meter, '2026-08-01')).toBe(meter);
  });

  it('is cut into stretches of one owner each, within its service', () => {
    expect(ownedStretches(handedOn).map(({ owner, ...dates }) => [owner.ownership, dates])).toEqual([
      ['un-owned', { from: '2026-01-01', to: '2026-03-01' }],
      ['coe-wet', { from: '2026-03-01', to: '2026-08-01' }],
      ['un-owned', { from: '2026-08-01', to: '2026-12-01' }],
    ]);
    expect(ownedStretches(meter)).toEqual([{ owner: meter }]);
    // Taken over before it was in service, and after: neither is a stretch of its own.
    const late = { ...handedOn, from: '2026-04-01', to: '2026-08-01' };
    expect(ownedStretches(late)).toMatchObject([{ owner: INDBATT, from: '2026-04-01', to: '2026-08-01' }]);
  });
});

describe('the renewable fraction of the grid', () => {
  const dated = {
    ...mission,
    grid: [
      { from: '2025-01-01', renewableFraction: 0.5 },
      { from: '2024-01-01', renewableFraction: 0.4 },
    ],
  };

  it('is the newest that had begun, in whatever order they are listed', () => {
    const dates = ['2023-12-31', '2024-01-01', '2024-12-31', '2025-01-01', '2030-01-01'];
    expect(dates.map((date) => gridRenewableFractionOn(dated, camp, date))).toEqual([0, 0.4, 0.4, 0.5, 0.5]);
  });

  it('is the camp’s own where it has one', () => {
    const own = { ...camp, grid: [{ from: '2025-06-01', renewableFraction: 0.9 }] };
    expect(gridRenewableFractionOn(dated, own, '2025-07-01')).toBe(0.9);
    expect(gridRenewableFractionOn(dated, { ...camp, grid: [] }, '2025-07-01')).toBe(0.5);
  });
});

describe('people', () => {
  const counted = {
    ...camp,
    headcount: [
      { from: '2026-01-01', people: 10 },
      { from: '2026-01-03', people: 20 },
      { from: '2026-01-05', people: 0 },
    ],
  };

  it('are the newest count that had begun', () => {
    const dates = ['2025-12-31', '2026-01-02', '2026-01-03', '2026-01-09'];
    expect(dates.map((date) => headcountOn(counted, date))).toEqual([null, 10, 20, 0]);
  });

  it.each([
    ['2026-01-01', '2026-01-10', 2 * 10 + 2 * 20],
    ['2026-01-02', '2026-01-03', 10 + 20],
    ['2026-01-04', '2026-01-04', 20],
    ['2026-01-09', '2026-01-12', 0],
  ])('from %s to %s make %d person days', (from, to, expected) => {
    expect(personDays(counted, { from, to })).toBe(expected);
  });

  it('are unknown before the first count', () => {
    expect(personDays(counted, { from: '2025-12-31', to: '2026-01-10' })).toBeNull();
    expect(personDays(camp, { from: '2026-01-01', to: '2026-01-10' })).toBeNull();
  });
});
