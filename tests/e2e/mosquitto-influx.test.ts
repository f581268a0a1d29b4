/** The main job with a broker and a database that somebody runs: a real Mosquitto and a real InfluxDB 1.x. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startInflux, type Influx } from '../support/influx.ts';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.ts';
import { describeWith } from '../support/requires.ts';
import { CAMP, HOUR_FROM, MISSION } from './camp.ts';
import { startInstallation, type Installation } from './installation.ts';
import { tellMainJob } from './main-job.ts';

interface Series {
  readonly tags?: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
}

const NEEDED = ['mosquitto', 'mosquitto_pub', 'influxd', 'chromium'] as const;

describeWith(NEEDED, 'an installation on Mosquitto and InfluxDB', () => {
  let broker: Mosquitto;
  let influx: Influx;
  let installation: Installation;

  beforeAll(async () => {
    [broker, influx] = await Promise.all([startMosquitto(), startInflux()]);
    installation = await startInstallation({
      brokerPort: broker.port,
      settings: { MQTT_URL: broker.url, INFLUX_URL: influx.url },
    });
  });
  afterAll(async () => {
    await installation.stop();
    await influx.stop();
    await broker.stop();
  });

  /** Asks InfluxDB as Grafana does: over HTTP, without anything of ours in between. */
  async function query(text: string): Promise<readonly Series[]> {
    const address = `${influx.httpUrl}/query?db=bluewatt&epoch=ms&q=${encodeURIComponent(text)}`;
    const answer = (await (await fetch(address)).json()) as { results: { series?: Series[] }[] };
    return answer.results[0]?.series ?? [];
  }

  tellMainJob({ installation: () => installation, influxUrl: () => influx.url });

  it('stands in InfluxDB by the documented schema: three tags, float fields, milliseconds', async () => {
    expect((await query('SHOW TAG KEYS FROM "reading"'))[0]?.values.flat()).toEqual([
      'camp',
      'meter',
      'mission',
    ]);
    const fields = (await query('SHOW FIELD KEYS FROM "reading"'))[0]?.values ?? [];
    expect(fields.length).toBeGreaterThan(8);
    expect(fields.filter(([, type]) => type !== 'float')).toEqual([]);
    const [pv] = await query(
      `SELECT "energyForwardWh", "activePowerW" FROM "reading" WHERE "meter"='pv-1' GROUP BY "mission","camp" LIMIT 2`,
    );
    expect(pv?.tags).toEqual({ mission: MISSION, camp: CAMP });
    expect(pv?.values).toEqual([
      [HOUR_FROM, 1_290_396, 150_000],
      [HOUR_FROM + 300_000, 1_302_896, 150_000],
    ]);
  });

  it('answers the query that the contract gives to Grafana', async () => {
    const series = await query(
      `SELECT mean("activePowerW") FROM "reading" WHERE "mission"='${MISSION}' AND time > now()-3d GROUP BY time(5m),"meter"`,
    );
    const genset = series.find(({ tags }) => tags?.['meter'] === 'genset-1');
    expect(genset?.columns).toEqual(['time', 'mean']);
    const hour = genset?.values.filter(
      ([at]) => Number(at) >= HOUR_FROM && Number(at) <= HOUR_FROM + 3_600_000,
    );
    expect(hour?.map(([, mean]) => mean)).toEqual(Array.from({ length: 13 }, () => 300_000));
  });

  it('fills energy by the quarter of an hour and the ledger by local day and month', async () => {
    const [energy] = await query(
      `SELECT sum("forwardWh") FROM "energy" WHERE "mission"='${MISSION}' GROUP BY "camp"`,
    );
    expect(energy?.tags).toEqual({ camp: CAMP });
    expect(energy?.values[0]?.[1]).toBe(600_000);
    const ledger = await query(
      `SELECT sum("energyWh") FROM "ledger" WHERE "mission"='${MISSION}' AND "camp"='${CAMP}' GROUP BY "level"`,
    );
    expect(ledger.map(({ tags, values }) => [tags?.['level'], values[0]?.[1]])).toEqual([
      ['day', 600_000],
      ['month', 600_000],
    ]);
  });
});
