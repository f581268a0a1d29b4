import { describe, expect, it } from 'vitest';
import {
  campFindings,
  servicesOf,
  type CampToday,
  type GensetHistory,
} from '#lib/components/camp/findings.ts';
import { viewMeter, type MeterCard } from '#lib/components/camp/meter-view.ts';
import type { Source } from '#lib/energy/source.ts';
import type { Values } from '#lib/energy/reading.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const CALM: CampToday = { balance: null, implausibleWh: 0 };

function view(
  meter: string,
  source: Source | null,
  values: Values,
  rest: Partial<MeterCard> & { ageMs?: number } = {},
) {
  const { ageMs = 0, ...card } = rest;
  const full = {
    meter,
    name: meter,
    source,
    ratedW: 100_000,
    tankL: 1_000,
    registered: true,
    staleAfterMs: 300_000,
    gone: null,
  };
  return viewMeter({ ...full, ...card }, { at: NOW - ageMs, values }, NOW);
}
const genset = (name: string, values: Values, rest = {}) => view(name, 'diesel', values, rest);
const history = (meter: string, rest: Partial<GensetHistory> = {}): GensetHistory => ({
  ...{
    meter,
    recentMeanW: null,
    litresPerKWh: null,
    curveLitresPerKWh: null,
    fuelFallenL: null,
    serviced: {},
  },
  ...rest,
});
const kinds = (
  meters: Parameters<typeof campFindings>[0]['meters'],
  gensets: readonly GensetHistory[] = [],
  today = CALM,
) => campFindings({ meters, gensets, today }).map(({ urgency, kind }) => `${urgency} ${kind}`);

describe('what needs attention in a camp', () => {
  it('is nothing while all is well', () => {
    const well = [
      genset('g-1', { activePowerW: 60_000, fuelLevelPct: 90, runTimeS: 3600 * 1_100 }),
      view('pv', 'solar', { activePowerW: 0 }),
    ];
    expect(
      kinds(well, [history('g-1', { recentMeanW: 61_000, fuelFallenL: 0, serviced: { oilAtH: 1_000 } })]),
    ).toEqual([]);
  });

  it('has the most urgent first, whatever order the meters stand in', () => {
    const meters = [
      view('stranger', null, { activePowerW: 1 }, { registered: false }),
      view('pv', 'solar', { activePowerW: 5 }, { ageMs: 3_600_000 }),
      genset('g-1', { activePowerW: 20_000, fuelLevelPct: 1 }),
      genset('g-2', { activePowerW: 35_000, fuelLevelPct: 90 }),
    ];
    const gensets = [
      history('g-1', { litresPerKWh: 0.5, curveLitresPerKWh: 0.4 }),
      history('g-2', { fuelFallenL: 120, recentMeanW: 35_000 }),
    ];
    const today = { balance: { isFinding: true, differenceShare: -0.2 }, implausibleWh: 5_000 };
    const expected = [
      'alarm fuel-fallen',
      'alarm fuel-low',
      'alarm load-too-low',
      'warning silent',
      'warning sets-to-spare',
      'warning load-low',
      'warning imbalance',
      'warning implausible',
      'note thirsty',
      'note unassigned',
    ];
    expect(kinds(meters, gensets, today)).toEqual(expected);
    expect(kinds(meters.toReversed(), gensets.toReversed(), today)).toEqual(expected);
  });

  it('judges the load by the last quarter of an hour, so that a start is no alarm', () => {
    const starting = [genset('g-1', { activePowerW: 10_000 })];
    expect(kinds(starting, [history('g-1', { recentMeanW: 55_000 })])).toEqual([]);
    expect(
      kinds([genset('g-1', { activePowerW: 55_000 })], [history('g-1', { recentMeanW: 20_000 })]),
    ).toEqual(['alarm load-too-low']);
  });

  it('says nothing of the load of a set that stands, is silent or has no rating', () => {
    expect(kinds([genset('g-1', { activePowerW: 300 })], [history('g-1', { recentMeanW: 10_000 })])).toEqual(
      [],
    );
    expect(kinds([genset('g-1', { activePowerW: 10_000 }, { ageMs: 900_000 })])).toEqual(['warning silent']);
    expect(kinds([genset('g-1', { activePowerW: 10_000 }, { ratedW: null })])).toEqual([]);
  });

  it('tells a meter that never spoke from one that fell silent', () => {
    const card = {
      meter: 'a',
      name: 'a',
      source: 'solar' as const,
      ratedW: 1,
      tankL: null,
      registered: true,
      gone: null,
    };
    const never = viewMeter({ ...card, staleAfterMs: 1 }, undefined, NOW);
    expect(campFindings({ meters: [never], gensets: [], today: CALM })).toMatchObject([
      { kind: 'silent', ageMs: null },
    ]);
  });

  it('plans a service ahead and calls it overdue by the counter', () => {
    const g = genset('g-1', { activePowerW: 0, runTimeS: 3600 * 1_240 });
    const services = (serviced: GensetHistory['serviced']) => kinds([g], [history('g-1', { serviced })]);
    expect(services({ oilAtH: 1_000, fuelFilterAtH: 1_000 })).toEqual(['note service']);
    expect(services({ oilAtH: 900, fuelFilterAtH: 700 })).toEqual(['warning service', 'warning service']);
    expect(services({ oilAtH: 1_200, fuelFilterAtH: 1_200 })).toEqual([]);
    expect(servicesOf(genset('g-1', {}), {})).toBeNull();
  });
});
