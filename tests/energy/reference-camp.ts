/**
 * The reference camp: three days in Beirut's zone, worked out by hand. 29 March 2026 has 23 hours (no midnight).
 *
 * - A battery charged by sun and diesel, and a weak grid that takes and gives, 43.8 % renewable.
 * - `gen-2`'s meter is silent for 36 hours, from the 28th 17:00 to the 30th 06:00; its register knows the energy.
 * - `pv-1` is swapped for `pv-2` at the first instant of the 30th.
 * - `gen-1`'s fuel is metered at 0.3 L/kWh, `gen-2` has no fuel meter.
 *
 * Each row says what flowed in every hour of a stretch, in kWh.
 */
import { initialState } from '#lib/energy/account-state.ts';
import { dayRange } from '#lib/energy/calendar.ts';
import {
  DAY_MS,
  emptyInterval,
  INTERVAL_MS,
  INTERVALS_PER_DAY,
  type EnergyInterval,
  type MeterDay,
} from '#lib/energy/interval.ts';
import { meterRef } from '#lib/energy/reading.ts';
import type { Meter, Registry } from '#lib/registry/types.ts';

export const MISSION = 'unifil';
export const CAMP = 'naqoura';
export const ZONE = 'Asia/Beirut';
export const DATES = ['2026-03-28', '2026-03-29', '2026-03-30'] as const;

type Row = readonly [
  date: string,
  hours: string,
  pv: number,
  gen1: number,
  gen2: number,
  out: number,
  charge: number,
  gridIn: number,
  gridOut: number,
];

// prettier-ignore
const TABLE: readonly Row[] = [
  // date         hours    pv  gen-1 gen-2  battery out/in  grid in/out
  ['2026-03-28', '00-06',   0,   40,    0,       0,   0,       10,  0],
  ['2026-03-28', '06-10',  30,   30,    0,       0,  10,        0,  0],
  ['2026-03-28', '10-14',  80,   20,    0,       0,  20,        0, 20], // 20 out: 16 of the sun's, 4 of gen-1's
  ['2026-03-28', '14-18',  40,    0,   30,       0,  10,        5,  0], // gen-2 silent from 17:00
  ['2026-03-28', '18-24',   0,    0,   50,      10,   0,        0,  5],
  ['2026-03-29', '01-03',   0,    0,    0,      10,   0,        0,  8], // the battery feeds the grid: 16 kWh
  ['2026-03-29', '03-07',   0,    0,   30,       0,   0,        0,  0],
  ['2026-03-29', '07-17',  50,    0,    0,       0,   5,        0, 10],
  ['2026-03-29', '17-24',   0,   20,   20,       0,   0,        0,  0],
  ['2026-03-30', '00-06',   0,    0,   40,       0,   0,        0,  0], // gen-2 speaks again at 06:00
  ['2026-03-30', '06-18',  60,    0,    0,       0,  10,       10,  0],
  ['2026-03-30', '18-24',   0,   30,    0,      15,   0,        0,  0],
];

const OUTAGE = { from: Date.parse('2026-03-28T17:00+02:00'), to: Date.parse('2026-03-30T06:00+03:00') };

function meter(source: Meter['source'], ratedW: number, rest: Partial<Meter> = {}): Meter {
  return {
    source,
    ratedW,
    ownership: 'un-owned',
    expectedIntervalS: 60,
    events: [],
    from: '2026-03-28',
    ...rest,
  };
}

export const REGISTRY: Registry = {
  missions: {
    [MISSION]: {
      name: 'UNIFIL',
      country: 'LB',
      zone: ZONE,
      targets: [],
      grid: [{ from: '2024-01-01', renewableFraction: 0.438, source: 'Our World in Data, 2024' }],
      camps: {
        [CAMP]: {
          name: 'Naqoura',
          headcount: [{ from: '2026-01-01', people: 500 }],
          meters: {
            'pv-1': meter('solar', 200_000, { to: '2026-03-30' }),
            'pv-2': meter('solar', 200_000, { from: '2026-03-30' }),
            'gen-1': meter('diesel', 100_000),
            'gen-2': meter('diesel', 100_000, { ownership: 'coe-wet', unit: 'BANBATT', country: 'BD' }),
            'grid-1': meter('grid', 50_000, { ownership: 'host-grid' }),
            'battery-1': meter('battery', 50_000),
          },
        },
      },
    },
  },
  pledges: [],
  sources: [],
};

/** One quarter's part of what flowed in an hour, by meter, in Wh; fuel in mL. */
function quarterOf([date, , pv, gen1, gen2, out, charge, gridIn, gridOut]: Row): Record<
  string,
  Partial<EnergyInterval>
> {
  const wh = (kWhPerHour: number) => kWhPerHour * 250;
  return {
    [date < '2026-03-30' ? 'pv-1' : 'pv-2']: { forwardWh: wh(pv) },
    'gen-1': { forwardWh: wh(gen1), fuelMl: wh(gen1) * 0.3 },
    'gen-2': { forwardWh: wh(gen2) },
    'grid-1': { forwardWh: wh(gridIn), reverseWh: wh(gridOut) },
    'battery-1': { forwardWh: wh(out), reverseWh: wh(charge) },
  };
}

function intervalOf(slug: string, start: number, flow: Partial<EnergyInterval>): EnergyInterval {
  const isSilent = slug === 'gen-2' && start >= OUTAGE.from && start < OUTAGE.to;
  const coverage = isSilent ? { coveredS: 0, recoveredWh: flow.forwardWh ?? 0 } : { coveredS: 900 };
  return { ...emptyInterval(), ...flow, ...coverage };
}

/** By meter slug, then by the instant the interval begins. */
export function referenceIntervals(): Map<string, Map<number, EnergyInterval>> {
  const byMeter = new Map<string, Map<number, EnergyInterval>>();
  for (const row of TABLE) {
    const [date, hours] = row;
    const [first, last] = hours.split('-');
    const { to } = dayRange(date, ZONE);
    // A local hour of the clock, found from the day's end so that the missing midnight shifts nothing.
    const at = (hour: string | undefined) => to - (24 - Number(hour)) * 3_600_000;
    for (let start = at(first); start < at(last); start += INTERVAL_MS) {
      for (const [slug, flow] of Object.entries(quarterOf(row))) {
        const intervals = byMeter.get(slug) ?? new Map<number, EnergyInterval>();
        byMeter.set(slug, intervals.set(start, intervalOf(slug, start, flow)));
      }
    }
  }
  return byMeter;
}

/** The same as UTC days of each meter, as the store keeps them. */
export function referenceMeterDays(): MeterDay[] {
  const days: MeterDay[] = [];
  for (const [slug, intervals] of referenceIntervals()) {
    for (const [day, starts] of Map.groupBy(intervals.keys(), (start) => Math.floor(start / DAY_MS))) {
      const places = new Array<EnergyInterval | null>(INTERVALS_PER_DAY).fill(null);
      for (const start of starts) places[(start - day * DAY_MS) / INTERVAL_MS] = intervals.get(start) ?? null;
      days.push({ meter: meterRef(MISSION, CAMP, slug), day, start: initialState(), intervals: places });
    }
  }
  return days;
}

/** An instant after the last of the three days. */
export const AFTER = dayRange('2026-03-30', ZONE).to;
