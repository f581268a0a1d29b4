/** What is copied to a device: where it publishes is the camp's, and what is shown is what the device takes. */
import { expect, it } from 'vitest';
import { campTopics, mayPublish } from '#lib/registry/camp-topics.ts';
import { deviceSettings, portalsOf } from '#lib/registry/device-settings.ts';

const LOGIN = {
  ...{ mission: 'unmiss', camp: 'juba', host: 'broker.example', port: 8883, tls: true },
  ...{ username: 'unmiss.juba.1', password: 'secret', meter: 'pv-1', portals: [], now: 0 },
};
const registry = {
  missions: {
    unmiss: {
      ...{ name: 'UNMISS', zone: 'UTC', targets: [], grid: [] },
      camps: { juba: { name: 'Juba', headcount: [], meters: {} } },
    },
  },
  pledges: [],
  sources: [],
};

it('points each device at the broker, with the credential and at the camp’s topics', () => {
  const settings = deviceSettings(LOGIN);
  for (const text of Object.values(settings)) {
    expect(text).toContain('broker.example');
    expect(text).toContain('unmiss.juba.1');
    expect(text).toContain('secret');
  }
  const topics = campTopics(registry, LOGIN);
  const published = [
    /-t (\S+)/.exec(settings.mosquitto)?.[1] ?? '',
    (/FullTopic (\S+)/.exec(settings.tasmota)?.[1] ?? '')
      .replace('%topic%', 'pow')
      .replace('%prefix%/', 'tele/SENSOR'),
    `${/"topic_prefix":"([^"]+)"/.exec(settings.shelly)?.[1] ?? ''}/status/em:0`,
  ];
  expect(published.map((topic) => [topic, mayPublish(topics, topic)])).toEqual([
    ['bluewatt/unmiss/juba/pv-1/reading', true],
    ['site/unmiss.juba/pow/tele/SENSOR', true],
    ['site/unmiss.juba/NAME/status/em:0', true],
  ]);
});

it('says TLS where there is TLS, and only there', () => {
  const tls = /--tls-use-os-certs|SetOption103 1|"ssl_ca":"ca.pem"|bridge_capath/;
  for (const text of Object.values(deviceSettings(LOGIN))) expect(text).toMatch(tls);
  for (const text of Object.values(deviceSettings({ ...LOGIN, tls: false }))) expect(text).not.toMatch(tls);
});

it('bridges the portals that the camp has lines for', () => {
  const portals = portalsOf(['N/c0619ab12345', 'N/c0619ab12345/tank/23', 'N/+', 'tele/x', 'N/{portal}/a']);
  expect(portals).toEqual(['c0619ab12345']);
  const { victron } = deviceSettings({ ...LOGIN, portals });
  expect(victron).toContain('topic N/c0619ab12345/# out 1\ntopic R/c0619ab12345/keepalive in 1');
});
