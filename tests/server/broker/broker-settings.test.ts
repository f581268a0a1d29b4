/** Who gets in at the embedded broker by default, and what somebody is told who opens it too far. */
import { expect, it } from 'vitest';
import { brokerAddressOf } from '#lib/server/broker/address.ts';
import { brokerWarnings } from '#lib/server/combined-settings.ts';
import { readSettings } from '#lib/server/settings.ts';

function settingsOf(environment: Record<string, string>) {
  const result = readSettings(environment);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.settings;
}
const FILES = { BROKER_TLS_CERT_FILE: '/c.pem', BROKER_TLS_KEY_FILE: '/k.pem' };

it.each([
  [{}, 'open', 0],
  [{ BROKER_HOST: 'localhost' }, 'open', 0],
  [{ BROKER_HOST: '::1' }, 'open', 0],
  [{ BROKER_HOST: '0.0.0.0' }, 'credentials', 1],
  [{ BROKER_HOST: '10.1.2.3' }, 'credentials', 1],
  [{ BROKER_HOST: '127.0.0.1.example.org' }, 'credentials', 1],
  [{ ...FILES, BROKER_TLS_HOST: '0.0.0.0' }, 'credentials', 0],
  [{ BROKER_ACCESS: 'credentials' }, 'credentials', 0],
  [{ BROKER_HOST: '0.0.0.0', BROKER_ACCESS: 'open' }, 'open', 1],
  [{ ...FILES, BROKER_TLS_HOST: '0.0.0.0', BROKER_ACCESS: 'open' }, 'open', 1],
])('with %j the embedded broker is for %s, with %i warnings', (environment, access, warnings) => {
  const { broker } = settingsOf(environment);
  expect(broker.access).toBe(access);
  expect(brokerWarnings(broker)).toHaveLength(warnings);
});

it('needs the key with the certificate and the certificate with the key', () => {
  for (const [name, other] of [
    ['BROKER_TLS_CERT_FILE', 'BROKER_TLS_KEY_FILE'],
    ['BROKER_TLS_KEY_FILE', 'BROKER_TLS_CERT_FILE'],
  ] as const)
    expect(readSettings({ [name]: '/a.pem' })).toEqual({
      ok: false,
      problems: [{ name: other, expected: `the path of a PEM file, with ${name}`, received: 'nothing' }],
    });
});

it('tells a device the place with TLS where there is one, by a name that others can reach', () => {
  const origin = { ORIGIN: 'https://bluewatt.example' };
  expect(brokerAddressOf(settingsOf({}))).toEqual({
    ...{ host: '127.0.0.1', port: 1883, tls: false, embedded: true, asksCredentials: false },
  });
  expect(brokerAddressOf(settingsOf({ ...origin, ...FILES, BROKER_TLS_HOST: '0.0.0.0' }))).toEqual({
    ...{ host: 'bluewatt.example', port: 8883, tls: true, embedded: true, asksCredentials: true },
  });
  expect(brokerAddressOf(settingsOf({ MQTT_URL: 'mqtts://user:secret@broker.example' }))).toEqual({
    ...{ host: 'broker.example', port: 8883, tls: true, embedded: false, asksCredentials: null },
  });
});
