/** Answers that a real InfluxDB is hard to bring to say, one after the other from a small server of ours. */
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { meterRef, type Reading } from '#lib/energy/reading.ts';
import { AppError } from '#lib/server/errors.ts';
import { createInfluxStore } from '#lib/server/store/influx/store.ts';
import type { Store } from '#lib/server/store/store.ts';
import { entry, gensetReadings, T0 } from '../samples.ts';
import { accept, answer, startFakeInflux, type FakeInflux, type Respond } from './fake-influx.ts';

const SECRET = 'hunter2';
/** Short enough to wait out a stall, long enough for an answer on a machine that is busy. */
const PATIENCE_MS = 1_500;
const meter = meterRef('unmiss', 'juba', 'genset-1');
const readings = gensetReadings(meter, T0, 8);

let fake: FakeInflux;
let store: Store;

beforeEach(async () => {
  fake = await startFakeInflux();
  store = createInfluxStore({
    url: `http://ada:${SECRET}@127.0.0.1:${String(fake.port)}/bluewatt`,
    writeTimeoutMs: PATIENCE_MS,
    queryTimeoutMs: PATIENCE_MS,
  });
});
afterEach(async () => {
  await fake.close();
});

async function faultOf(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

/** Writes whole answers only to those requests that `isBad` leaves alone. */
function poisonous(isBad: (line: string) => boolean, body: unknown, status = 400): Respond {
  return (request, response) => {
    if (request.lines.some(isBad)) answer(status, body)(request, response);
    else accept(request, response);
  };
}

const atOf = (line: string): number => Number(line.slice(line.lastIndexOf(' ') + 1));

describe('writing to InfluxDB', () => {
  it('sends compressed line protocol with ms precision and our credentials', async () => {
    expect(await store.writeReadings(readings)).toEqual({ rejected: [] });
    const [request] = fake.requests;
    expect(request?.path).toBe('/write');
    expect(Object.fromEntries(request?.search ?? [])).toEqual({ db: 'bluewatt', precision: 'ms' });
    expect(request?.headers['content-encoding']).toBe('gzip');
    expect(request?.headers.authorization).toBe(`Basic ${Buffer.from(`ada:${SECRET}`).toString('base64')}`);
    expect(request?.lines[0]).toBe(
      `reading,camp=juba,meter=genset-1,mission=unmiss activePowerW=92500,energyForwardWh=1048575250,fuelUsedL=261944.5 ${String(T0)}`,
    );
  });

  it('sends a token instead of a password, through a path that a proxy wants', async () => {
    const other = createInfluxStore({
      url: `http://127.0.0.1:${String(fake.port)}/influx/my%20db`,
      token: 'abc',
    });
    await other.writeReadings(readings);
    await other.listMeters();
    expect(fake.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/influx/write', 'Token abc'],
      ['/influx/query', 'Token abc'],
    ]);
    expect(fake.requests[0]?.search.get('db')).toBe('my db');
    expect(new URLSearchParams(fake.requests[1]?.body).get('db')).toBe('my db');
  });

  it('sends no credentials when there are none', async () => {
    const other = createInfluxStore({ url: `http://127.0.0.1:${String(fake.port)}/bluewatt` });
    await other.writeReadings(readings);
    await other.listMeters();
    expect(fake.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
  });

  const holds = [
    ['401', answer(401, { error: 'authorization failed' })],
    ['403', answer(403, { error: 'ada not authorized to write to bluewatt' })],
    ['404 of something else', answer(404, '404 page not found')],
    ['500 retention policy not found', answer(500, { error: 'retention policy not found: autogen' })],
    ['405', answer(405)],
    ['200, which no InfluxDB gives', answer(200, '<html>Sign in to the hotel</html>')],
    ['301', answer(301, '', { location: '/elsewhere' })],
    ['302 to a page that answers 204', answer(302, '', { location: '/write' })],
    ['400 of a proxy', answer(400, '<html>Bad Request</html>')],
  ] as const;
  it.each(holds)('I7: holds everything on %s, until somebody mends it', async (_, respond) => {
    fake.respond = respond;
    const fault = await faultOf(store.writeReadings(readings));
    expect(fault).toMatchObject({ code: 'STORE_REFUSED', retryable: false });
    expect(fake.requests).toHaveLength(1);
    fake.respond = accept;
    expect(await store.writeReadings(readings)).toEqual({ rejected: [] });
  });

  const outages: [string, Respond][] = [
    ['500 timeout', answer(500, { error: 'timeout' })],
    [
      '500 cache full',
      answer(500, { error: 'engine: cache-max-memory-size exceeded: (1073741828/1073741824)' }),
    ],
    ['500 without a word', answer(500)],
    ['502', answer(502, '<html>Bad gateway</html>')],
    ['503', answer(503, { error: 'write queue full' })],
    ['408', answer(408)],
    ['429', answer(429, { error: 'too many requests' })],
    ['400 because the upload broke off', answer(400, { error: 'unexpected EOF' })],
    ['a stall before any answer', () => undefined],
    [
      'a stall after the headers',
      (_, response) => {
        response.writeHead(400, { 'content-length': '1000' });
        response.write('{"error":"partial wri');
      },
    ],
    [
      'a body that breaks off',
      (_, response) => {
        response.writeHead(400, { 'content-length': '1000' });
        response.write('{"error":"partial write"}', () => response.destroy());
      },
    ],
    ['a reset', (_, response) => response.destroy()],
  ];
  it.each(outages)('I7: takes %s for an outage and nothing for written', async (_, respond) => {
    fake.respond = respond;
    const fault = await faultOf(store.writeReadings(readings));
    expect(fault).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    expect(fake.requests).toHaveLength(1);
    fake.respond = accept;
    expect(await store.writeReadings(readings)).toEqual({ rejected: [] });
  });

  it('takes a server that is not there for an outage', async () => {
    await fake.close();
    const fault = await faultOf(store.writeReadings(readings));
    expect(fault).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    expect(fault.message).toContain(`127.0.0.1:${String(fake.port)}/bluewatt`);
  });

  it('passes on how long to wait, in seconds or until a date, an hour at most', async () => {
    fake.respond = answer(429, '', { 'retry-after': '7' });
    expect((await faultOf(store.writeReadings(readings))).retryAfterMs).toBe(7_000);
    fake.respond = answer(503, '', { 'retry-after': new Date(Date.now() + 20_000).toUTCString() });
    const { retryAfterMs } = await faultOf(store.writeReadings(readings));
    expect(retryAfterMs).toBeGreaterThan(17_000);
    expect(retryAfterMs).toBeLessThanOrEqual(20_000);
    fake.respond = answer(429, '', { 'retry-after': '99999999' });
    expect((await faultOf(store.writeReadings(readings))).retryAfterMs).toBe(3_600_000);
    fake.respond = answer(429, '', { 'retry-after': 'soon' });
    expect((await faultOf(store.writeReadings(readings))).retryAfterMs).toBeUndefined();
  });

  const poisons = [
    [
      400,
      {
        error:
          'partial write: field type conflict: input field "x" is type float, already exists as type integer dropped=3',
      },
    ],
    [400, { error: `unable to parse 'reading,camp=juba': missing fields` }],
    [400, { error: 'partial write: points beyond retention policy dropped=1' }],
    [422, { code: 'unprocessable entity', message: 'failure writing points to database: partial write' }],
  ] as const;
  it.each(poisons)(
    'finds the points that a %i %j is about, whatever it says of their number',
    async (status, body) => {
      const bad = new Set([readings[0], readings[5], readings[7]].map((one) => one?.at));
      fake.respond = poisonous((line) => bad.has(atOf(line)), body, status);
      const { rejected } = await store.writeReadings(readings);
      expect(rejected.map(({ reading }) => reading.at)).toEqual([...bad]);
      for (const { reason } of rejected) expect(reason).toMatch(/partial write|unable to parse/);
      expect(new Set(fake.stored.map(atOf))).toEqual(
        new Set(readings.map(({ at }) => at).filter((at) => !bad.has(at))),
      );
    },
  );

  it('rejects every point when every point is refused on its own', async () => {
    fake.respond = answer(400, { error: 'partial write: points beyond retention policy dropped=8' });
    const { rejected } = await store.writeReadings(readings);
    expect(rejected.map(({ reading }) => reading)).toEqual(readings);
  });

  it('takes nothing for settled when an outage comes while it looks for the poison', async () => {
    let count = 0;
    fake.respond = (request, response) => {
      count += 1;
      if (count <= 2)
        answer(400, { error: 'partial write: field type conflict dropped=1' })(request, response);
      else answer(503)(request, response);
    };
    expect(await faultOf(store.writeReadings(readings))).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('halves what is too large, down to single points, and keeps their order', async () => {
    fake.respond = (request, response) => {
      if (request.lines.length > 2) answer(413, { error: 'Request Entity Too Large' })(request, response);
      else accept(request, response);
    };
    expect(await store.writeReadings(readings)).toEqual({ rejected: [] });
    expect(fake.stored.map(atOf)).toEqual(readings.map(({ at }) => at));
    fake.respond = answer(413);
    const { rejected } = await store.writeReadings(readings);
    expect(rejected).toHaveLength(readings.length);
    expect(rejected[0]?.reason).toMatch(/larger than/);
  });

  it('creates the database when it is missing, once, and writes again', async () => {
    let exists = false;
    fake.respond = (request, response) => {
      if (request.path === '/query') {
        exists = true;
        accept(request, response);
      } else if (exists) accept(request, response);
      else answer(404, { error: 'database not found: "bluewatt"' })(request, response);
    };
    expect(await store.writeReadings(readings)).toEqual({ rejected: [] });
    expect(fake.requests.map(({ path }) => path)).toEqual(['/write', '/query', '/write']);
    expect(new URLSearchParams(fake.requests[1]?.body).get('q') ?? fake.requests[1]?.search.get('q')).toMatch(
      /^create database "bluewatt" with shard duration/i,
    );
  });

  it('holds everything when it may not create the database, or creating it did not help', async () => {
    fake.respond = (request, response) => {
      if (request.path === '/write')
        answer(404, { error: 'database not found: "bluewatt"' })(request, response);
      else answer(403, { error: 'ada not authorized to execute CREATE DATABASE' })(request, response);
    };
    const forbidden = await faultOf(store.writeReadings(readings));
    expect(forbidden).toMatchObject({ code: 'STORE_REFUSED', retryable: false });
    expect(forbidden.message).toMatch(/Create the database/);
    fake.respond = (request, response) => {
      if (request.path === '/write')
        answer(404, { error: 'database not found: "bluewatt"' })(request, response);
      else accept(request, response);
    };
    expect(await faultOf(store.writeReadings(readings))).toMatchObject({
      code: 'STORE_REFUSED',
      retryable: false,
    });
  });

  it('sends large batches in several requests', async () => {
    const many: Reading[] = gensetReadings(meter, T0, 25_000);
    expect(await store.writeReadings(many)).toEqual({ rejected: [] });
    expect(fake.requests.map(({ lines }) => lines.length)).toEqual([10_000, 10_000, 5_000]);
    expect(fake.stored).toHaveLength(25_000);
  });

  it('sends the readings of many meters by two requests at once, each meter always by the same', async () => {
    const meters = Array.from({ length: 5 }, (_, index) =>
      meterRef('unmiss', 'juba', `genset-${String(index)}`),
    );
    const many = meters.flatMap((each) => gensetReadings(each, T0, 400)).sort((a, b) => a.at - b.at);
    let underWay = 0;
    let mostUnderWay = 0;
    fake.respond = (request, response) => {
      underWay += 1;
      mostUnderWay = Math.max(mostUnderWay, underWay);
      setTimeout(() => {
        underWay -= 1;
        accept(request, response);
      }, 50);
    };
    expect(await store.writeReadings(many)).toEqual({ rejected: [] });
    expect(mostUnderWay).toBe(2);
    const metersOf = fake.requests.map(({ lines }) => new Set(lines.map((line) => line.split(' ')[0])));
    expect(metersOf.map((each) => each.size).sort()).toEqual([2, 3]);
    expect(new Set(metersOf.flatMap((each) => [...each])).size).toBe(5);
    for (const { lines } of fake.requests) {
      const instants = lines.map(atOf);
      expect(instants).toEqual([...instants].sort((a, b) => a - b));
    }
  });

  it('tells of a failure only when nothing of the batch is under way any more', async () => {
    const other = meterRef('unmiss', 'juba', 'genset-2');
    const many = [...gensetReadings(meter, T0, 600), ...gensetReadings(other, T0, 600)];
    let isSecondAnswered = false;
    fake.respond = (request, response) => {
      if (request.body.includes('genset-2')) {
        setTimeout(() => {
          isSecondAnswered = true;
          accept(request, response);
        }, 100);
      } else answer(503)(request, response);
    };
    expect(await faultOf(store.writeReadings(many))).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(isSecondAnswered).toBe(true);
  });

  it('names the refused reading, whichever request it went by', async () => {
    const other = meterRef('unmiss', 'juba', 'genset-2');
    const many = [...gensetReadings(meter, T0, 600), ...gensetReadings(other, T0, 600)];
    const poison = many[1_000];
    fake.respond = poisonous((line) => line.includes('genset-2') && atOf(line) === poison?.at, {
      error: 'partial write: field type conflict dropped=1',
    });
    const { rejected } = await store.writeReadings(many);
    expect(rejected.map(({ reading }) => reading)).toEqual([poison]);
  });

  it('makes an alarm of a ledger entry that is refused: our own numbers are not dropped', async () => {
    fake.respond = poisonous((line) => line.startsWith('ledger'), {
      error: 'partial write: field type conflict',
    });
    const fault = await faultOf(store.writeAccounts([], [entry()]));
    expect(fault).toMatchObject({ code: 'STORE_REFUSED', retryable: false });
    expect(fault.message).toMatch(/field type conflict/);
  });
});

describe('asking InfluxDB', () => {
  const json = { 'content-type': 'application/json' };
  const refusals: [string, Respond][] = [
    ['401', answer(401, { error: 'authorization failed' })],
    ['403', answer(403, { error: 'not authorized' })],
    ['400', answer(400, { error: 'error parsing query' })],
    ['an error inside of a 200', answer(200, { results: [{ error: 'ada not authorized to read' }] }, json)],
    [
      'an answer cut short by a row limit',
      answer(200, { results: [{ series: [{ columns: ['time'], values: [], partial: true }] }] }, json),
    ],
  ];
  it.each(refusals)('tells %s as something to mend', async (_, respond) => {
    fake.respond = respond;
    expect(await faultOf(store.listMeters())).toMatchObject({ code: 'STORE_REFUSED', retryable: false });
  });

  const outages: [string, Respond][] = [
    ['500', answer(500, { error: 'x' })],
    ['503', answer(503)],
    ['429', answer(429)],
    [
      'a timeout inside of a 200',
      answer(200, { results: [{ error: 'query-timeout limit exceeded' }] }, json),
    ],
    ['no JSON', answer(200, '<html>')],
    ['a stall', () => undefined],
    ['a reset', (_, response) => response.destroy()],
    [
      'a body that breaks off',
      (_, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"results":[', () => response.destroy());
      },
    ],
  ];
  it.each(outages)('takes %s for an outage, and asks again at once when asked to', async (_, respond) => {
    fake.respond = respond;
    expect(await faultOf(store.listMeters())).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    expect(await faultOf(store.ping())).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    fake.respond = accept;
    expect(await store.listMeters()).toEqual([]);
  });

  it('takes a missing database for one without data yet', async () => {
    fake.respond = answer(
      200,
      { results: [{ statement_id: 0, error: 'database not found: bluewatt' }] },
      json,
    );
    expect(await store.listMeters()).toEqual([]);
    await store.ping();
  });

  it('goes on where a row limit cut a long range off', async () => {
    fake.respond = (request, response) => {
      const from = Number(/time >= (\d+)ms/.exec(new URLSearchParams(request.body).get('q') ?? '')?.[1]);
      const values = readings
        .filter(({ at }) => at >= from)
        .slice(0, 3)
        .map(({ at, values: v }) => [at, v.activePowerW]);
      const series =
        values.length === 0
          ? []
          : [{ columns: ['time', 'activePowerW'], values, partial: values.length === 3 }];
      answer(200, { results: [{ series }] }, json)(request, response);
    };
    const read = await store.readReadings(meter, { from: T0, to: T0 + 3_600_000 });
    expect(read.map(({ at }) => at)).toEqual(readings.map(({ at }) => at));
  });

  it('never writes text of ours into a statement', async () => {
    const hostile = meterRef(`a'b`, `c\\'; DROP DATABASE bluewatt; --`, `d" OR "x"='x`);
    await store.readReadings(hostile, { from: T0, to: T0 + 1 });
    await store.listMeters({ mission: hostile.mission });
    await store.readIntervals([hostile], { from: T0, to: T0 + 1 });
    for (const { body } of fake.requests) {
      const statement = new URLSearchParams(body).get('q') ?? '';
      expect(statement).not.toMatch(/DROP|'|x"=/);
      expect(statement).toContain('$mission');
      expect(JSON.parse(new URLSearchParams(body).get('params') ?? '{}')).toMatchObject({
        mission: hostile.mission,
      });
    }
    expect(fake.requests).toHaveLength(3);
  });
});

describe('secrets', () => {
  it('are in no error, however deep one looks', async () => {
    const encoded = Buffer.from(`ada:${SECRET}`).toString('base64');
    for (const respond of [
      answer(401, { error: 'authorization failed' }),
      answer(500),
      answer(400, 'x'),
      () => undefined,
    ]) {
      fake.respond = respond;
      for (const work of [
        () => store.writeReadings(readings),
        () => store.listMeters(),
        () => store.ping(),
      ]) {
        const fault = await faultOf(work());
        const everything = inspect(fault, { depth: 20, showHidden: true });
        expect(everything).not.toContain(SECRET);
        expect(everything).not.toContain(encoded);
      }
    }
  });

  it('are not repeated when the address can not be used', () => {
    for (const url of [
      `http://ada:${SECRET}@host`,
      `ftp://ada:${SECRET}@host/db`,
      `http//ada:${SECRET}`,
      `http://a:${SECRET}@h/%22x`,
    ]) {
      expect(() => createInfluxStore({ url })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
      expect(() => createInfluxStore({ url })).not.toThrow(SECRET);
    }
  });
});
