/** Every figure taken apart: formula and terms give it back, and the meters add up to it. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LINEAGE_FIGURES } from '#lib/server/queries/lineage-formula.ts';
import { lineageAnswer, type LineageAnswer } from '#lib/server/queries/lineage.ts';
import type { QueryContext } from '#lib/server/queries/types.ts';
import { meterRef } from '#lib/energy/reading.ts';
import type { Correction } from '#lib/registry/correction.ts';
import { AFTER, CAMP, MISSION, REGISTRY } from '../../energy/reference-camp.ts';
import { temporaryStore, writeReferenceCamp, type TestStore } from './fixture.ts';

let context: QueryContext;
vi.mock('#lib/server/context.ts', () => ({ queryContext: () => context }));
type Endpoint = { GET: (event: { url: URL; params: Record<string, string> }) => Promise<Response> };
const lineage = (await import('../../../src/routes/api/v1/lineage/+server.ts')) as unknown as Endpoint;
const readings = (await import('../../../src/routes/api/v1/readings/+server.ts')) as unknown as Endpoint;
const energy =
  (await import('../../../src/routes/api/v1/missions/[mission]/energy/+server.ts')) as unknown as Endpoint;

const PERIOD = { from: '2026-03-28', to: '2026-03-30' };
const RANGE = 'from=2026-03-28&to=2026-03-30';
let temporary: TestStore;

beforeAll(async () => {
  temporary = temporaryStore();
  await writeReferenceCamp(temporary.store);
  context = { store: temporary.store, registry: REGISTRY, now: AFTER };
});
afterAll(() => temporary.dispose());

async function get(endpoint: Endpoint, query: string, params: Record<string, string> = {}) {
  const response = await endpoint.GET({ url: new URL(`http://localhost/?${query}`), params });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** The formula's text is arithmetic over the names of its terms. */
function evaluate({ formula: { text, terms } }: LineageAnswer): number {
  const names = terms.map(({ name }) => name);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the formula is our own text
  const run = new Function('min', ...names, `return ${text}`) as (...values: unknown[]) => number;
  return run(Math.min, ...terms.map(({ value }) => value));
}

describe('the lineage of a figure', () => {
  it.each(LINEAGE_FIGURES)('gives %s back when its terms are put into its formula', async (figure) => {
    for (const camp of [undefined, CAMP]) {
      const answer = await lineageAnswer(context, { mission: MISSION, camp, period: PERIOD, figure });
      if (answer === undefined) throw new Error('no answer');
      expect(answer.value).not.toBeNull();
      expect(evaluate(answer)).toBeCloseTo(answer.value ?? Number.NaN, 9);
    }
  });

  it('names the corrections in force of its meters and period, with author and reason', async () => {
    const of = (meter: string, id: number, rest: Partial<Correction> = {}): Correction => ({
      id,
      meter: meterRef(MISSION, CAMP, meter),
      from: Date.parse('2026-03-28T10:00:00Z'),
      to: Date.parse('2026-03-28T11:00:00Z'),
      effect: { kind: 'replace', known: 'manual', energyWh: 12_000 },
      author: 'A. Officer',
      reason: 'the log book',
      madeAt: AFTER,
      supersedes: null,
      ...rest,
    });
    const before = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 2) };
    const corrections = [of('pv-1', 1), of('pv-1', 2, before), of('nobody', 3)];
    const asked = { mission: MISSION, camp: CAMP, period: PERIOD, figure: 'electricity' } as const;
    const answer = await lineageAnswer({ ...context, corrections }, asked);
    expect(answer?.corrections.map(({ id }) => id)).toEqual([1]);
    expect(answer?.corrections[0]).toMatchObject({
      author: 'A. Officer',
      reason: 'the log book',
      meter: 'pv-1',
    });
    expect(Date.parse(answer?.corrections[0]?.from ?? '')).toBe(Date.parse('2026-03-28T10:00:00Z'));
  });

  it('has the meters with their part, which add up to the ledger to the watt-hour', async () => {
    const asked = { mission: MISSION, period: PERIOD, figure: 'renewableShare' } as const;
    const answer = await lineageAnswer(context, asked);
    expect(answer?.value).toBeCloseTo(0.4996, 4);
    // 3,474 kWh used and 226 kWh exported
    expect(answer?.check).toEqual({ metersWh: 3_700_000, ledgerWh: 3_700_000 });
    expect(answer?.meters?.map(({ meter }) => meter)).toEqual(['gen-1', 'gen-2', 'grid-1', 'pv-1', 'pv-2']);
    const recovered = answer?.meters?.reduce((sum, { quality }) => sum + quality.recoveredWh, 0);
    expect(recovered).toBe(830_000);
    for (const { energyWh, quality } of answer?.meters ?? []) {
      const { measuredWh, recoveredWh, estimatedWh, manualWh } = quality;
      expect(measuredWh + recoveredWh + estimatedWh + manualWh).toBe(energyWh);
    }
    expect(answer?.factors.version).toBe('ipcc-2006-ar5');
    expect(answer?.factors.gridRenewableFractions).toEqual({ [CAMP]: 0.438 });
  });

  it('shows of fuel and emissions the gensets alone, with all of the litres', async () => {
    const answer = await lineageAnswer(context, { mission: MISSION, period: PERIOD, figure: 'ghg' });
    expect(answer?.meters?.map(({ source }) => source)).toEqual(['diesel', 'diesel']);
    const litres = answer?.meters?.reduce((sum, each) => sum + each.fuelL + each.estimatedFuelL, 0) ?? 0;
    const terms = Object.fromEntries(answer?.formula.terms.map(({ name, value }) => [name, value]) ?? []);
    expect(litres).toBeCloseTo((terms['fuelL'] ?? 0) + (terms['estimatedFuelL'] ?? 0), 6);
  });

  it('tells no meters for more than 400 days, and no value where nothing was measured', async () => {
    const long = { from: '2025-01-01', to: '2026-12-31' };
    const asked = { mission: MISSION, period: long, figure: 'electricity' } as const;
    expect(await lineageAnswer(context, asked)).toMatchObject({
      meters: null,
      check: null,
      value: 3_474_000,
    });
    const empty = { from: '2026-02-01', to: '2026-02-02' };
    expect(await lineageAnswer(context, { ...asked, period: empty })).toMatchObject({
      value: null,
      status: 'no-data',
    });
  });
});

describe('/api/v1/lineage', () => {
  it('answers with links that lead on: to intervals of the camp and to raw readings', async () => {
    const { status, body } = await get(
      lineage,
      `mission=${MISSION}&camp=${CAMP}&${RANGE}&figure=electricity`,
    );
    expect(status).toBe(200);
    const { links, meters } = body as unknown as LineageAnswer;
    expect(links.intervals).toBe(`/api/v1/missions/${MISSION}/energy?camp=${CAMP}&${RANGE}&step=15m`);
    const quarters = await get(energy, links.intervals.split('?')[1] ?? '', { mission: MISSION });
    expect(quarters.status).toBe(200);
    expect(quarters.body).toMatchObject({ camp: CAMP, step: '15m' });
    const raw = await get(readings, meters?.[0]?.readings.split('?')[1] ?? '');
    expect(raw).toMatchObject({
      status: 200,
      body: { meter: 'gen-1', date: '2026-03-30', registered: true },
    });
  });

  it.each([
    ['figure=fuel', 'PARAMETER_MISSING', 'mission'],
    [`mission=${MISSION}`, 'PARAMETER_MISSING', 'figure'],
    [`mission=${MISSION}&figure=beauty`, 'FIGURE_INVALID', 'figure'],
    [`mission=..&figure=fuel`, 'SLUG_INVALID', 'mission'],
  ])('refuses %s with %s', async (query, code, field) => {
    expect(await get(lineage, query)).toMatchObject({ status: 400, body: { error: { code, field } } });
  });

  it('answers 404 for a mission or camp that nobody registered', async () => {
    expect(await get(lineage, 'mission=__proto__&figure=fuel')).toMatchObject({ status: 400 });
    expect(await get(lineage, 'mission=nobody&figure=fuel')).toMatchObject({ status: 404 });
    expect(await get(lineage, `mission=${MISSION}&camp=nowhere&figure=fuel`)).toMatchObject({
      status: 404,
      body: { error: { code: 'CAMP_UNKNOWN' } },
    });
  });
});

describe('/api/v1/readings', () => {
  const ref = meterRef(MISSION, CAMP, 'gen-1');
  const NIGHT = Date.parse('2026-03-27T22:00:00Z'); // midnight in Beirut, a day of 24 hours
  const ask = `mission=${MISSION}&camp=${CAMP}&meter=gen-1&date=2026-03-28`;

  beforeAll(async () => {
    const at = [-1, 0, 1, 3_600_000, 12 * 3_600_000, 24 * 3_600_000 - 1, 24 * 3_600_000];
    await temporary.store.writeReadings(
      at.map((offset) => ({ meter: ref, at: NIGHT + offset, values: { activePowerW: offset } })),
    );
  });

  it('has the local day’s readings, page after page, each once', async () => {
    const seen: number[] = [];
    let query: string | undefined = `${ask}&limit=2`;
    let pages = 0;
    while (query !== undefined) {
      const { body } = await get(readings, query);
      const page = body as unknown as {
        readings: { values: { activePowerW: number } }[];
        next: string | null;
      };
      expect(page.readings.length).toBeLessThanOrEqual(2);
      seen.push(...page.readings.map(({ values }) => values.activePowerW));
      query = page.next?.split('?')[1];
      pages += 1;
    }
    expect(seen).toEqual([0, 1, 3_600_000, 12 * 3_600_000, 24 * 3_600_000 - 1]);
    expect(pages).toBe(3);
  });

  it('tells instants in the mission’s own zone', async () => {
    const { body } = await get(readings, `${ask}&limit=1`);
    expect(body).toMatchObject({ zone: 'Asia/Beirut', readings: [{ at: '2026-03-28T00:00:00+02:00' }] });
  });

  it.each([
    ['limit=0', 'LIMIT_INVALID'],
    ['limit=2001', 'LIMIT_INVALID'],
    ['limit=1e3', 'LIMIT_INVALID'],
    ['after=yesterday', 'INSTANT_INVALID'],
    ['after=99999999999999999999', 'INSTANT_INVALID'],
  ])('refuses %s', async (more, code) => {
    expect(await get(readings, `${ask}&${more}`)).toMatchObject({ status: 400, body: { error: { code } } });
  });

  it('needs all four of mission, camp, meter and date, and a meter that exists', async () => {
    expect(await get(readings, ask.replace('date=2026-03-28', ''))).toMatchObject({ status: 400 });
    expect(await get(readings, ask.replace('gen-1', 'nobody'))).toMatchObject({
      status: 404,
      body: { error: { code: 'METER_UNKNOWN', field: 'meter' } },
    });
  });
});
