import { expect, it } from 'vitest';
import { meterRef } from '#lib/energy/reading.ts';
import { openStore } from '#lib/server/store/open.ts';
import { startInflux } from '../../../support/influx.ts';
import { describeWith } from '../../../support/requires.ts';
import { describeStore } from '../contract.ts';
import { gensetReadings, reading, T0 } from '../samples.ts';

const ALL_TIME = { from: 0, to: Infinity };

describeWith(['influxd'], 'on a real InfluxDB', () => {
  describeStore('InfluxDB', async () => {
    const influx = await startInflux();
    return {
      open: () => openStore({ influxUrl: influx.url, dataDir: '/nonexistent' }),
      cleanUp: () => influx.stop(),
    };
  });

  it('I6: stores all but the points that InfluxDB can never take, and tells which and why', async () => {
    const influx = await startInflux();
    const store = await openStore({ influxUrl: influx.url, dataDir: '/nonexistent' });
    const meter = meterRef('unmiss', 'juba', 'genset-1');
    await store.writeReadings([reading(meter, T0 - 1, { activePowerW: 1 })]);
    // Somebody has made whole numbers of two quantities: our floats don't fit beside them.
    const shard = `reading,camp=x,meter=x,mission=x headcount=1i,starts=1i ${String(T0)}`;
    const made = await fetch(`${influx.httpUrl}/write?db=bluewatt&precision=ms`, {
      method: 'POST',
      body: shard,
    });
    expect(made.status).toBe(204);

    const readings = gensetReadings(meter, T0, 300);
    const poison = [0, 1, 150, 299].map((index) => {
      const poisoned = reading(meter, T0 + index * 1000, {
        activePowerW: 1,
        [index % 2 ? 'starts' : 'headcount']: 2,
      });
      readings[index] = poisoned;
      return poisoned;
    });
    const { rejected } = await store.writeReadings(readings);
    expect(rejected.map((point) => point.reading)).toEqual(poison);
    for (const { reason } of rejected) expect(reason).toMatch(/field type conflict/);
    const stored = await store.readReadings(meter, { from: T0, to: Infinity });
    expect(stored).toEqual(readings.filter((one) => !poison.includes(one)));
    await influx.stop();
  });

  it('has every reading it acknowledged after kill -9', async () => {
    const influx = await startInflux();
    const store = await openStore({ influxUrl: influx.url, dataDir: '/nonexistent' });
    const meter = meterRef('unmiss', 'juba', 'genset-1');
    const readings = gensetReadings(meter, T0, 3_000);
    for (let from = 0; from < readings.length; from += 500)
      await store.writeReadings(readings.slice(from, from + 500));
    await influx.kill();
    await expect(store.writeReadings(readings)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: true,
    });
    await expect(store.listMeters()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    await expect(store.ping()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await influx.restart();
    await store.ping();
    expect(await store.readReadings(meter, ALL_TIME)).toEqual(readings);
    await influx.stop();
  });

  it('can be read with plain InfluxQL, as Grafana does', async () => {
    const influx = await startInflux();
    const store = await openStore({ influxUrl: influx.url, dataDir: '/nonexistent' });
    await store.writeReadings(gensetReadings(meterRef('unmiss', 'juba', 'genset-1'), T0, 600));
    const query = `SELECT mean("activePowerW") FROM "reading" WHERE "mission"='unmiss' AND time >= ${String(T0)}ms AND time < ${String(T0 + 600_000)}ms GROUP BY time(5m),"meter"`;
    const answer = await fetch(`${influx.httpUrl}/query?db=bluewatt&q=${encodeURIComponent(query)}`);
    expect(await answer.json()).toMatchObject({
      results: [
        {
          series: [
            {
              tags: { meter: 'genset-1' },
              values: [[expect.any(String), expect.any(Number)], expect.any(Array)],
            },
          ],
        },
      ],
    });
    await influx.stop();
  });
});
