/** Simulated missions around the eastern Mediterranean. Names of places are real; every camp, meter and figure is made up. */
import { battery, camp, gensets, grid, load, solar, type MissionPlan } from './plan.ts';

const unifil: MissionPlan = {
  slug: 'unifil',
  name: 'UNIFIL',
  country: 'LB',
  zone: 'Asia/Beirut',
  gridRenewable: 0.438,
  gridSource: 'Our World in Data, 2024',
  targets: [],
  camps: [
    camp('naqoura', 'Naqoura Headquarters', [33.12, 35.14], 1400, [
      ...gensets(3, 450),
      grid(650, 0.75, { isExporting: true }),
      solar('pv-1', 780),
      solar('pv-2', 320, { sinceDay: 120 }),
      battery(350, 1200),
      load('load-1', 900, 0.7),
      load('load-2', 500, 0.3),
    ]),
    camp('shamaa', 'Shamaa, Sector West', [33.15, 35.2], 650, [
      ...gensets(2, 300, { ownership: 'coe-wet', unit: 'ITALBATT', country: 'IT' }),
      grid(300, 0.72),
      solar('pv-1', 330, { ownership: 'coe-wet', unit: 'ITALBATT', country: 'IT' }),
      load('load-1', 500),
    ]),
    camp('marjayoun', 'Marjayoun, Sector East', [33.36, 35.59], 600, [
      ...gensets(2, 280, { ownership: 'coe-wet', unit: 'SPABATT', country: 'ES' }),
      grid(280, 0.72),
      solar('pv-1', 300, { ownership: 'coe-wet', unit: 'SPABATT', country: 'ES' }),
      battery(80, 300, { ownership: 'coe-wet', unit: 'SPABATT', country: 'ES' }),
    ]),
    camp(
      'tibnin',
      'Tibnin, UNP 2-45',
      [33.19, 35.41],
      320,
      [
        ...gensets(1, 280, { hasFuelMeter: false, ownership: 'coe-dry', unit: 'IRISHBATT', country: 'IE' }),
        grid(220, 0.78),
        solar('pv-1', 130, { ownership: 'coe-dry', unit: 'IRISHBATT', country: 'IE' }),
      ],
      { device: 'shelly' },
    ),
  ],
  pledges: [
    {
      country: 'IT',
      unit: 'ITALBATT',
      source: 'solar',
      ratedW: 330_000,
      dueDay: 10,
      reference: 'Ministerial 2025',
    },
    {
      country: 'ES',
      unit: 'SPABATT',
      source: 'solar',
      ratedW: 450_000,
      dueDay: 365,
      reference: 'Ministerial 2025',
    },
  ],
};

const unficyp: MissionPlan = {
  slug: 'unficyp',
  name: 'UNFICYP',
  country: 'CY',
  zone: 'Asia/Nicosia',
  gridRenewable: 0.22,
  gridSource: 'Example value',
  targets: [
    { year: 2028, renewableShare: 0.5 },
    { year: 2030, renewableShare: 0.8 },
  ],
  camps: [
    camp('nicosia-upa', 'United Nations Protected Area, Nicosia', [35.15, 33.28], 430, [
      ...gensets(1, 400),
      grid(420, 0.985, { isExporting: true }),
      solar('pv-1', 200),
      load('load-1', 380),
    ]),
    camp('famagusta', 'Camp General Stefanik, Famagusta', [35.12, 33.94], 170, [
      ...gensets(1, 160),
      grid(150, 0.97, { isExporting: true }),
      solar('pv-1', 70, { ownership: 'coe-dry', unit: 'SLOVCON', country: 'SK' }),
    ]),
    camp('skouriotissa', 'Camp San Martin, Skouriotissa', [35.09, 32.89], 150, [
      ...gensets(1, 140),
      grid(130, 0.97),
      solar('pv-1', 30, { ownership: 'coe-dry', unit: 'ARGCON', country: 'AR', sinceDay: 150 }),
      load('load-1', 120),
    ]),
  ],
  pledges: [
    {
      country: 'AR',
      unit: 'ARGCON',
      source: 'solar',
      ratedW: 30_000,
      dueDay: 180,
      reference: 'Ministerial 2025',
    },
  ],
};

/** One contingent relieves another here, and takes over its equipment. */
const ZIOUANI = {
  ownership: 'coe-wet',
  unit: 'INDCON',
  country: 'IN',
  relief: { unit: 'FIJCON', country: 'FJ' },
} as const;

const undof: MissionPlan = {
  slug: 'undof',
  name: 'UNDOF',
  country: 'SY',
  zone: 'Asia/Damascus',
  gridRenewable: 0.05,
  gridSource: 'Example value',
  targets: [],
  camps: [
    camp('camp-faouar', 'Camp Faouar', [33.06, 36.0], 700, [
      ...gensets(3, 300),
      solar('pv-1', 130),
      load('load-1', 520),
    ]),
    camp('camp-ziouani', 'Camp Ziouani', [33.1, 35.77], 300, [
      ...gensets(2, 220, ZIOUANI),
      solar('pv-1', 50, ZIOUANI),
      load('load-1', 230),
    ]),
    camp('position-80', 'Position 80', [32.83, 35.85], 90, [
      ...gensets(2, 70, { ownership: 'coe-wet', unit: 'NEPCON', country: 'NP' }),
      solar('pv-1', 40, { ownership: 'coe-wet', unit: 'NEPCON', country: 'NP', sinceDay: 395 }),
      load('load-1', 70),
    ]),
  ],
  pledges: [
    {
      country: 'NP',
      unit: 'NEPCON',
      source: 'solar',
      ratedW: 40_000,
      dueDay: 300,
      reference: 'Ministerial 2025',
    },
  ],
};

export const MEDITERRANEAN_MISSIONS: readonly MissionPlan[] = [unifil, unficyp, undof];
