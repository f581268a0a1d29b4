/** Simulated missions in Africa. Names of places are real; every camp, meter and figure is made up. */
import { battery, camp, gensets, grid, hydro, load, solar, wind, type MissionPlan } from './plan.ts';

const EXAMPLE_VALUE = 'Example value';
const OWID = 'Our World in Data, 2024';

const unmiss: MissionPlan = {
  slug: 'unmiss',
  name: 'UNMISS',
  country: 'SS',
  zone: 'Africa/Juba',
  gridRenewable: 0.018,
  gridSource: OWID,
  targets: [],
  camps: [
    camp('juba-un-house', 'UN House, Juba', [4.82, 31.55], 1800, [
      ...gensets(3, 700),
      solar('pv-1', 700),
      load('load-1', 1500, 0.6),
      load('load-2', 1000, 0.4),
    ]),
    camp(
      'malakal',
      'Malakal Logistics Base',
      [9.55, 31.65],
      1100,
      [
        ...gensets(3, 350),
        solar('pv-1', 250, { ownership: 'coe-wet', unit: 'BANBATT', country: 'BD', sinceDay: 180 }),
        load('load-1', 900),
      ],
      { peopleLater: 1180 },
    ),
    camp('bor', 'Bor Camp', [6.21, 31.56], 600, [
      ...gensets(2, 350, { ownership: 'coe-wet', unit: 'INDBATT', country: 'IN' }),
      load('load-1', 500),
    ]),
    camp('bentiu', 'Bentiu Camp', [9.25, 29.8], 900, [
      ...gensets(2, 550),
      solar('pv-1', 200),
      solar('pv-2', 300, { sinceDay: 265 }),
      battery(200, 400),
    ]),
  ],
  pledges: [
    pledge('BD', 'BANBATT', 250, 170, 'Ministerial 2025'),
    pledge('IN', 'INDBATT', 150, 330, 'Ministerial 2025'),
  ],
};

const monusco: MissionPlan = {
  slug: 'monusco',
  name: 'MONUSCO',
  country: 'CD',
  zone: 'Africa/Lubumbashi',
  gridRenewable: 1,
  gridSource: OWID,
  targets: [],
  camps: [
    camp('goma', 'Goma Headquarters', [-1.68, 29.22], 1500, [
      ...gensets(2, 850),
      grid(560, 0.72),
      solar('pv-1', 320),
      load('load-1', 1300),
    ]),
    camp('beni', 'Beni Camp', [0.49, 29.47], 800, [
      ...gensets(2, 450, { ownership: 'coe-dry', unit: 'MALBATT', country: 'MW' }),
      grid(280, 0.52),
      solar('pv-1', 180, { ownership: 'coe-dry', unit: 'MALBATT', country: 'MW', sinceDay: 95 }),
    ]),
    camp('bukavu', 'Bukavu Camp', [-2.5, 28.86], 500, [
      ...gensets(1, 450),
      hydro(160),
      grid(120, 0.5),
      load('load-1', 420),
    ]),
    camp(
      'uvira',
      'Uvira Liaison Office',
      [-3.4, 29.14],
      45,
      [...gensets(1, 60, { hasFuelMeter: false }), grid(30, 0.55), solar('pv-1', 18), load('load-1', 40)],
      { device: 'tasmota' },
    ),
  ],
  pledges: [pledge('MW', 'MALBATT', 180, 100, 'Ministerial 2025')],
};

const minusca: MissionPlan = {
  slug: 'minusca',
  name: 'MINUSCA',
  country: 'CF',
  zone: 'Africa/Bangui',
  gridRenewable: 0.98,
  gridSource: EXAMPLE_VALUE,
  targets: [],
  camps: [
    camp('bangui-m-poko', 'M’Poko, Bangui', [4.4, 18.52], 1300, [
      ...gensets(3, 500),
      solar('pv-1', 280),
      grid(80, 0.35),
      load('load-1', 1100),
    ]),
    camp('bouar', 'Bouar Camp', [5.93, 15.6], 500, [
      ...gensets(2, 320),
      solar('pv-1', 60, { ownership: 'coe-dry', unit: 'BANBATT', country: 'BD' }),
    ]),
    camp(
      'bria',
      'Bria Camp',
      [6.54, 21.99],
      450,
      [...gensets(2, 320, { ownership: 'coe-wet', unit: 'PAKBATT', country: 'PK' }), load('load-1', 380)],
      { minSets: 2 },
    ),
  ],
  pledges: [
    pledge('PK', 'PAKBATT', 200, 240, 'Ministerial 2025'),
    pledge('BD', 'BANBATT', 60, 20, 'Ministerial 2025'),
  ],
};

const unisfa: MissionPlan = {
  slug: 'unisfa',
  name: 'UNISFA',
  country: 'SS',
  zone: 'Africa/Juba',
  gridRenewable: 0,
  gridSource: EXAMPLE_VALUE,
  targets: [],
  camps: [
    camp('abyei-highway', 'Highway Camp, Abyei', [9.6, 28.43], 900, [
      ...gensets(3, 350),
      solar('pv-1', 55),
      load('load-1', 750),
    ]),
    camp('diffra', 'Diffra Camp', [9.98, 28.05], 250, [...gensets(2, 170), load('load-1', 200)]),
    camp('gok-machar', 'Gok Machar Camp', [9.21, 26.86], 200, [
      ...gensets(2, 140, { ownership: 'coe-wet', unit: 'GHANBATT', country: 'GH' }),
    ]),
  ],
  pledges: [pledge('GH', 'GHANBATT', 100, 520, 'Ministerial 2026')],
};

const unsos: MissionPlan = {
  slug: 'unsos',
  name: 'UNSOS',
  country: 'SO',
  zone: 'Africa/Mogadishu',
  gridRenewable: 0,
  gridSource: EXAMPLE_VALUE,
  targets: [],
  camps: [
    camp('mogadishu', 'Mogadishu Base', [2.01, 45.3], 1500, [
      ...gensets(3, 800, { ownership: 'third-party' }),
      solar('pv-1', 600, { ownership: 'third-party' }),
      solar('pv-2', 250, { sinceDay: 210 }),
      wind(250),
      battery(400, 1500, { ownership: 'third-party' }),
      load('load-1', 1300),
      load('hospital', 120, 0.08, { isRegistered: false }),
    ]),
    camp('baidoa', 'Baidoa Sector Hub', [3.1, 43.63], 500, [
      ...gensets(2, 350),
      solar('pv-1', 230),
      wind(80),
      load('load-1', 420),
    ]),
    camp('kismayo', 'Kismayo Sector Hub', [-0.38, 42.46], 480, [
      ...gensets(2, 350),
      solar('pv-1', 260),
      battery(120, 500),
      load('load-1', 400),
    ]),
    camp('dhobley', 'Dhobley Base', [0.41, 41.01], 250, [
      ...gensets(2, 180, { ownership: 'coe-wet', unit: 'KENBATT', country: 'KE' }),
      wind(90, { ownership: 'coe-wet', unit: 'KENBATT', country: 'KE' }),
      load('load-1', 210),
    ]),
  ],
  pledges: [pledge('UG', 'UGABATT', 300, 390, 'Ministerial 2026')],
};

function pledge(country: string, unit: string, ratedKw: number, dueDay: number, reference: string) {
  return { country, unit, source: 'solar' as const, ratedW: ratedKw * 1000, dueDay, reference };
}

export const AFRICAN_MISSIONS: readonly MissionPlan[] = [unmiss, monusco, minusca, unisfa, unsos];
