import { describe, expect, it } from 'vitest';
import { fuelLasts, fuelLevel, viewMeter, type MeterCard } from '#lib/components/camp/meter-view.ts';
import { direction, powerFlow } from '#lib/components/camp/power-flow.ts';
import { EMPTY_TRACE, traceOf, traceReading } from '#lib/components/camp/trace.ts';
import { perCapitaGapMeaning, perCapitaGapWord } from '#lib/components/figures/per-capita-words.ts';
import { meterRef } from '#lib/energy/reading.ts';
import type { Source } from '#lib/energy/source.ts';
import { m } from '#lib/paraglide/messages.js';
import { EMPTY_REGISTRY } from '#lib/registry/lookup.ts';
import { parseRegistry } from '#lib/registry/parse.ts';
import type { EnergyBucket } from '#lib/server/queries/types.ts';
import { toWeeks } from '../../src/routes/missions/[mission]/weeks.ts';
import { registrationLines } from '../../src/routes/registration.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const card = (source: Source, meter: string = source): MeterCard => ({
  meter,
  name: meter,
  source,
  ratedW: 100_000,
  tankL: 1_000,
  registered: true,
  staleAfterMs: 300_000,
  gone: null,
});
const view = (source: Source, powerW: number, ageMs = 0) =>
  viewMeter(card(source), { at: NOW - ageMs, values: { activePowerW: powerW } }, NOW);

describe('the power flow', () => {
  it('shares out the power of the sources, with the battery in neither part', () => {
    const flow = powerFlow(
      [view('diesel', 60_000), view('solar', 20_000), view('grid', 20_000), view('battery', 50_000)],
      0.5,
    );
    expect(flow.supplyW).toBe(100_000);
    expect(flow.renewableShare).toBeCloseTo(0.3, 12);
  });

  it('leaves silent meters out of every sum and says how many', () => {
    const flow = powerFlow(
      [view('diesel', 60_000, 600_000), view('solar', 20_000), view('load', 5, 600_000)],
      0,
    );
    expect(flow).toMatchObject({ supplyW: 20_000, renewableShare: 1, silentSources: 1, demandW: null });
  });

  it('knows no share when nothing speaks or nothing runs', () => {
    expect(powerFlow([view('diesel', 1, 600_000)], 0)).toMatchObject({ supplyW: null, renewableShare: null });
    expect(powerFlow([view('diesel', 0)], 0)).toMatchObject({ supplyW: 0, renewableShare: null });
  });

  it('points lines the way the power goes', () => {
    expect(direction(view('diesel', 1_000))).toBe('in');
    expect(direction(view('load', 1_000))).toBe('out');
    expect(direction(view('battery', -1_000))).toBe('out');
    expect(direction(view('grid', -1_000))).toBe('out');
    expect(direction(view('solar', 10))).toBe('none');
    expect(direction(view('diesel', 1_000, 600_000))).toBe('none');
  });

  it('tells fuel in litres where the tank is known', () => {
    const tank = viewMeter(card('diesel'), { at: NOW, values: { fuelLevelPct: 62 } }, NOW);
    expect(fuelLevel(tank)).toEqual({ litres: 620, fraction: 0.62 });
    expect(fuelLevel(view('diesel', 1))).toBeNull();
  });
});

describe('the trace of a camp', () => {
  it('sums meters of one source that speak at different moments', () => {
    const first = traceReading(EMPTY_TRACE, {
      meter: 'constructor',
      source: 'diesel',
      at: 1_000,
      powerW: 10,
    });
    const second = traceReading(first, { meter: 'b', source: 'diesel', at: 2_000, powerW: 5 });
    const third = traceReading(second, { meter: 'constructor', source: 'diesel', at: 3_000, powerW: 20 });
    expect(third.lines.diesel?.map(({ powerW }) => powerW)).toEqual([10, 15, 25]);
    expect(traceReading(third, { meter: 'b', source: 'diesel', at: 1_500, powerW: 99 })).toBe(third);
  });
});

describe('the trace of what the store holds', () => {
  const events = [0, 10, 20, 30].flatMap((s) => [
    { meter: 'a', source: 'diesel' as const, at: s * 1_000, powerW: 100 },
    { meter: 'b', source: 'diesel' as const, at: s * 1_000 + 4_000, powerW: 50 },
  ]);

  it('begins when all early meters of a source have spoken, so that a part never passes for the sum', () => {
    expect(traceOf(events).lines.diesel?.[0]).toEqual({ at: 4_000, powerW: 150 });
    expect(traceOf(events).lines.diesel?.every(({ powerW }) => powerW === 150)).toBe(true);
    expect(traceOf([...events].reverse())).toEqual(traceOf(events));
  });

  it('does not wait for a meter that begins to speak minutes later', () => {
    const late = { meter: 'c', source: 'diesel' as const, at: 300_000, powerW: 1 };
    expect(traceOf([...events, late]).lines.diesel?.[0]?.at).toBe(4_000);
  });
});

describe('how long fuel lasts', () => {
  const genset = (values: Record<string, number>, ageMs = 0) =>
    viewMeter(card('diesel'), { at: NOW - ageMs, values }, NOW);

  it('is told by the genset’s own rate, else estimated from its power', () => {
    const told = fuelLasts(genset({ activePowerW: 50_000, fuelLevelL: 300, fuelRateLPerH: 15 }));
    expect(told).toEqual({ hours: 20, isEstimate: false });
    // 100 kW set at half load: 0.31 L/kWh
    const guessed = fuelLasts(genset({ activePowerW: 50_000, fuelLevelPct: 31 }));
    expect(guessed?.isEstimate).toBe(true);
    expect(guessed?.hours).toBeCloseTo(310 / 15.5, 9);
  });

  it('is not told while the set stands, is silent, or says nothing of its tank', () => {
    expect(fuelLasts(genset({ activePowerW: 0, fuelLevelL: 300 }))).toBeNull();
    expect(fuelLasts(genset({ activePowerW: 9, fuelLevelL: 300 }, 600_000))).toBeNull();
    expect(fuelLasts(genset({ activePowerW: 50_000 }))).toBeNull();
  });
});

describe('why there is no figure a person a day', () => {
  it('is told in words, with the age a headcount may have, in both languages', () => {
    expect(perCapitaGapWord('headcount-stale')).toBe('headcount too old');
    expect(perCapitaGapMeaning({ withheld: 'headcount-stale', withheldBy: ['Ridge', 'Quay'] })).toMatch(
      /more than 183 days old\. State it again.* Camps: Ridge, Quay\.$/,
    );
    expect(m.per_person_stale({}, { locale: 'fr' })).toBe('effectif trop ancien');
    expect(perCapitaGapMeaning({ withheld: 'headcount-unknown', withheldBy: [] })).toMatch(
      /is missing for a part of the period/,
    );
    expect(perCapitaGapMeaning({ withheld: 'no-people', withheldBy: [] })).toMatch(/headcount is 0/);
  });

  it('is not told where there is one, or where there is no data at all', () => {
    expect([perCapitaGapWord(null), perCapitaGapMeaning({ withheld: 'no-data', withheldBy: [] })]).toEqual([
      null,
      null,
    ]);
  });
});

describe('weeks', () => {
  const day = (date: string, total: number, share: number | null): EnergyBucket => ({
    start: `${date}T00:00:00+02:00`,
    end: `${date}T23:59:59+02:00`,
    electricityWh: {
      total,
      solar: 0,
      wind: 0,
      hydro: 0,
      diesel: total,
      grid: 0,
      gridRenewable: 0,
      exported: 0,
    },
    battery: { chargedWh: 1, dischargedWh: 2 },
    loadWh: 0,
    renewableShare: share,
    onSiteRenewableShare: share,
    dieselShare: share === null ? null : 1 - share,
    pathShare: 0.48,
    fuelL: 1,
    estimatedFuelL: 0,
    ghgKg: 2,
    factorSet: 'ipcc-2006-ar5',
    coverage: share === null ? null : 1,
    quality: { measuredWh: total, recoveredWh: 0, estimatedWh: 0, manualWh: 0 },
  });

  it('begin on Monday and are ratios of sums, not means of percentages', () => {
    // 22 November 2026 is a Sunday.
    const weeks = toWeeks([day('2026-11-22', 100, 1), day('2026-11-23', 300, 0), day('2026-11-24', 100, 1)]);
    expect(weeks.map(({ start }) => start.slice(0, 10))).toEqual(['2026-11-22', '2026-11-23']);
    expect(weeks[1]).toMatchObject({ renewableShare: 0.25, dieselShare: 0.75, fuelL: 2 });
    expect(weeks[1]?.electricityWh.total).toBe(400);
  });

  it('name the version of the factors once, and both where a new set begins within', () => {
    const old = { ...day('2026-11-23', 100, 1), factorSet: 'old' };
    const both = [
      old,
      { ...day('2026-11-24', 100, 1), factorSet: 'new' },
      { ...old, start: '2026-11-25T00:00:00+02:00' },
    ];
    expect(toWeeks([old])[0]?.factorSet).toBe('old');
    expect(toWeeks(both)[0]?.factorSet).toBe('old + new');
    // a summary's own form
    const joined = { ...old, start: '2026-11-26T00:00:00+02:00', factorSet: 'old + new' };
    expect(toWeeks([old, joined])[0]?.factorSet).toBe('old + new');
  });

  it('stay unknown when no day of them is known', () => {
    expect(toWeeks([day('2026-11-23', 0, null)])[0]).toMatchObject({ renewableShare: null, coverage: null });
  });
});

describe('a meter of the live page', () => {
  it('whose device has gone is silent from its last reading on, until it speaks again', () => {
    const gone = { since: NOW - 10_000, cause: 'last-will' as const };
    const at = (lastAt: number) => viewMeter({ ...card('diesel'), gone }, { at: lastAt, values: {} }, NOW);
    expect(
      [at(NOW - 20_000), at(NOW - 5_000)].map(({ isStale, gone: why }) => [isStale, why?.cause]),
    ).toEqual([
      [true, 'last-will'],
      [false, undefined],
    ]);
  });
});

describe('the lines that register unknown meters', () => {
  it('import as they are, whatever the meters are called', () => {
    const refs = [
      meterRef('123', 'on', 'null'),
      meterRef('m', 'c', 'pv-1'),
      meterRef('m', 'c', '1e5'),
      meterRef('m', 'd', 'constructor'),
    ];
    const listed = refs.map((ref) => ({
      ref,
      meter: undefined,
      zone: 'UTC',
      seen: { meter: ref, lastAt: NOW, lastValues: { activePowerW: 1 } },
      known: undefined,
    }));
    const parsed = parseRegistry(registrationLines(listed, EMPTY_REGISTRY));
    expect(parsed).toMatchObject({ ok: true });
    if (!parsed.ok) return;
    expect(parsed.registry.missions['m']?.camps['c']?.meters['pv-1']?.source).toBe('solar');
    expect(parsed.registry.missions['123']?.camps['on']?.meters['null']).toBeDefined();
  });
});
