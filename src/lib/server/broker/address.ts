/** Where a device reaches the broker, as somebody types it into the device. No credentials. */
import { hostname } from 'node:os';
import { brokerUrl, type Settings } from '../settings.ts';

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly embedded: boolean;
  /** whether a device has to say a user name and password; null: the broker is somebody else's to know */
  readonly asksCredentials: boolean | null;
}

const PORTS: Readonly<Record<string, number>> = { 'mqtts:': 8883, 'wss:': 443, 'ws:': 80 };
const EVERYWHERE = ['0.0.0.0', '::'];

export function brokerAddressOf(settings: Pick<Settings, 'mqtt' | 'broker' | 'web'>): BrokerAddress {
  const { mqtt, broker, web } = settings;
  if (mqtt.url !== undefined) {
    const url = new URL(brokerUrl(settings));
    const port = url.port === '' ? (PORTS[url.protocol] ?? 1883) : Number(url.port);
    const tls = url.protocol === 'mqtts:' || url.protocol === 'wss:';
    return { host: url.hostname, port, tls, embedded: false, asksCredentials: null };
  }
  const { host, port } = broker.tls ?? broker;
  // A broker that listens on every address is reached where the dashboard is, or by the machine's name.
  const named = web.origin === undefined ? hostname() : new URL(web.origin).hostname;
  return {
    ...{ host: EVERYWHERE.includes(host) ? named : host, port, tls: broker.tls !== undefined },
    ...{ embedded: true, asksCredentials: broker.access === 'credentials' },
  };
}
