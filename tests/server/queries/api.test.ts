import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FACTOR_SETS, factorSetOn } from '#lib/energy/factors.ts';
import { AppError } from '#lib/server/errors.ts';
import type { EnergyAnswer, QueryContext } from '#lib/server/queries/types.ts';
import { AFTER, CAMP, MISSION, REGISTRY } from '../../energy/reference-camp.ts';
import { temporaryStore, writeReferenceCamp, type TestStore } from './fixture.ts';

/** What the endpoints get as their context: a real store, the reference registry, a fixed instant. */
let context: () => QueryContext;
vi.mock('#lib/server/context.ts', () => ({ queryContext: () => context() }));

type Handler = (event: { url: URL; params: Record<string, string> }) => Response | Promise<Response>;
type Endpoint = { GET: Handler };

const missions = (await import('../../../src/routes/api/v1/missions/+server.ts')) as unknown as Endpoint;
const energy =
  (await import('../../../src/routes/api/v1/missions/[mission]/energy/+server.ts')) as unknown as Endpoint;
const camps =
  (await import('../../../src/routes/api/v1/missions/[mission]/camps/+server.ts')) as unknown as Endpoint;
const units = (await import('../../../src/routes/api/v1/units/+server.ts')) as unknown as Endpoint;
const pledges = (await import('../../../src/routes/api/v1/pledges/+server.ts')) as unknown as Endpoint;
const meters = (await import('../../../src/routes/api/v1/meters/+server.ts')) as unknown as Endpoint;

let temporary: TestStore;
beforeAll(async () => {
  temporary = temporaryStore();
  await writeReferenceCamp(temporary.store);
  context = () => ({ store: temporary.store, registry: REGISTRY, now: AFTER });
});
afterAll(() => temporary.dispose());

async function get(
  endpoint: Endpoint,
  query = '',
  mission = MISSION,
): Promise<{ status: number; headers: Headers; body: unknown }> {
  const response = await endpoint.GET({ url: new URL(`http://localhost/?${query}`), params: { mission } });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const PERIOD = 'from=2026-03-28&to=2026-03-30';

describe('/api/v1/units', () => {
  it('answers with units, ownerships and the version of the factors', async () => {
    const { status, body } = await get(units, PERIOD);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      period: { from: '2026-03-28', to: '2026-03-30' },
      factorSet: 'ipcc-2006-ar5',
      units: [{ country: 'BD', unit: 'BANBATT', supply: 'diesel-only', renewableWh: 0 }],
    });
    const { ownerships } = body as { ownerships: readonly { ownership: string }[] };
    expect(ownerships).toContainEqual(
      expect.objectContaining({
        ownership: 'un-owned',
        electricityWh: expect.objectContaining({ solar: 1_820_000 }) as unknown,
      }),
    );
  });

  it('refuses a period that ends before it begins', async () => {
    const { status, body } = await get(units, 'from=2026-03-30&to=2026-03-28');
    expect([status, body]).toMatchObject([400, { error: { code: 'PERIOD_REVERSED', field: 'from' } }]);
  });
});

describe('/api/v1/pledges', () => {
  it('answers with the pledges and how many are in each state', async () => {
    const { status, body } = await get(pledges, `mission=${MISSION}`);
    expect([status, body]).toEqual([
      200,
      { pledges: [], counts: { overdue: 0, deployed: 0, pledged: 0, delivering: 0 } },
    ]);
  });

  it('knows no pledges of a mission that nobody registered', async () => {
    const { status, body } = await get(pledges, 'mission=nobody');
    expect([status, body]).toMatchObject([404, { error: { code: 'MISSION_UNKNOWN' } }]);
  });
});

describe('the version of the emission factors', () => {
  it.each([
    ['missions', missions],
    ['energy', energy],
    ['camps', camps],
    ['units', units],
  ])('is pinned in what %s answers', async (_, endpoint) => {
    expect((await get(endpoint, PERIOD)).body).toMatchObject({
      factorSet: factorSetOn('2026-03-30').version,
    });
  });

  it('is pinned in every bucket, whose emissions it made', async () => {
    const { buckets } = (await get(energy, `${PERIOD}&step=1d`)).body as EnergyAnswer;
    expect(buckets).toHaveLength(3);
    for (const { fuelL, estimatedFuelL, ghgKg, factorSet } of buckets) {
      const set = FACTOR_SETS.find(({ version }) => version === factorSet);
      expect(ghgKg).toBeCloseTo((fuelL + estimatedFuelL) * (set?.dieselKgCo2ePerL ?? 0), 6);
      expect(ghgKg).toBeGreaterThan(0);
    }
  });
});

describe('/api/v1/missions', () => {
  it('answers with every key of the contract', async () => {
    const { status, headers, body } = await get(missions, PERIOD);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toMatchObject({
      period: { from: '2026-03-28', to: '2026-03-30' },
      missions: [
        {
          mission: MISSION,
          name: 'UNIFIL',
          electricityWh: {
            total: 3_474_000,
            solar: 1_820_000,
            wind: 0,
            hydro: 0,
            diesel: 1_680_000,
            grid: 200_000,
            gridRenewable: 87_600,
            exported: 226_000,
          },
          renewableShare: expect.closeTo(0.4996, 4) as number,
          onSiteRenewableShare: expect.closeTo(0.4744, 4) as number,
          dieselShare: expect.closeTo(0.468, 4) as number,
          target: { year: 2030, share: 0.8, pathShare: expect.closeTo(0.48, 9) as number, official: false },
          gapPp: expect.closeTo(1.96, 2) as number,
          fuelL: 228,
          ghgKg: expect.closeTo(1470, 0) as number,
          coverage: expect.closeTo(0.887, 3) as number,
          quality: { measuredWh: 2_870_000, recoveredWh: 830_000, estimatedWh: 0, manualWh: 0 },
          status: 'provisional',
        },
      ],
    });
  });

  it('answers a bad parameter with 400, code, message and field', async () => {
    const { status, body } = await get(missions, 'from=2026-02-30');
    expect(status).toBe(400);
    expect(body).toEqual({
      error: {
        code: 'DATE_INVALID',
        message: expect.stringContaining('2026-02-30') as string,
        field: 'from',
      },
    });
  });

  it('answers an outage of the store with 503, and does not tell where the store is', async () => {
    const before = context;
    context = () => {
      throw new AppError('STORE_UNAVAILABLE', 'connect ECONNREFUSED 10.0.0.7:8086', { retryable: true });
    };
    const { status, body } = await get(missions, PERIOD);
    context = before;
    expect(status).toBe(503);
    expect(body).toMatchObject({ error: { code: 'STORE_UNAVAILABLE', field: null } });
    expect(JSON.stringify(body)).not.toContain('10.0.0.7');
  });
});

describe('/api/v1/missions/{mission}/energy', () => {
  it('answers with a series per source', async () => {
    const { status, body } = await get(energy, `${PERIOD}&step=1d`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      mission: MISSION,
      step: '1d',
      series: {
        solar: [600_000, 500_000, 720_000],
        diesel: [860_000, 400_000, 420_000],
        wind: [null, null, null],
      },
    });
  });

  it.each(['step=2h', `${PERIOD}&step=15m&step=15m`, 'from=2026-01-01&to=2026-12-31&step=15m'])(
    'refuses %s',
    async (query) => {
      expect((await get(energy, query)).status).toBe(400);
    },
  );

  it.each(['nobody', '__proto__', 'x'.repeat(10_000)])(
    'answers 404 in the same shape for mission %.20s',
    async (mission) => {
      const { status, body } = await get(energy, PERIOD, mission);
      expect(status).toBe(404);
      expect(body).toMatchObject({ error: { code: 'MISSION_UNKNOWN', field: 'mission' } });
      expect(JSON.stringify(body).length).toBeLessThan(300);
    },
  );
});

describe('/api/v1/missions/{mission}/camps', () => {
  it('answers with the same summary per camp', async () => {
    const { status, body } = await get(camps, PERIOD);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      mission: MISSION,
      camps: [{ camp: CAMP, name: 'Naqoura', status: 'provisional' }],
    });
  });

  it('answers 404 for an unknown mission, 400 for a bad period', async () => {
    expect((await get(camps, PERIOD, 'nobody')).status).toBe(404);
    expect((await get(camps, 'from=2026-12-31&to=2026-01-01')).status).toBe(400);
  });
});

describe('/api/v1/meters', () => {
  it('answers with the meters of a mission', async () => {
    const { status, body } = await get(meters, `mission=${MISSION}`);
    expect(status).toBe(200);
    expect((body as { meters: unknown[] }).meters).toHaveLength(6);
  });

  it('refuses what is no slug', async () => {
    const { status, body } = await get(meters, 'camp=..%2Fetc');
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: 'SLUG_INVALID', field: 'camp' } });
  });
});
