/** What to enter at a device so that it gets in at the broker with a credential of its camp: text to copy, by device. Pure. */
import { chosenPrefix, type CampRef } from './camp-topics.ts';

export interface DeviceLogin extends CampRef {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly username: string;
  readonly password: string;
  /** a meter of the camp's, for the example */
  readonly meter: string;
  /** portals of Victron GX devices that the registry has lines for */
  readonly portals: readonly string[];
  /** epoch ms, for the example */
  readonly now: number;
}

export const DEVICE_KINDS = ['mosquitto', 'tasmota', 'shelly', 'victron'] as const;
export type DeviceKind = (typeof DEVICE_KINDS)[number];

/** Stands for what only the person at the device knows. */
const NAME = 'NAME';
const PORTAL = 'PORTAL';

/** Portals in the topics of lines such as `N/c0619ab12345/genset/40`. */
export function portalsOf(topics: readonly string[]): string[] {
  const portals = topics.flatMap((topic) => /^N\/([^/+#{}]+)/.exec(topic)?.[1] ?? []);
  return [...new Set(portals)];
}

export function deviceSettings(login: DeviceLogin): Readonly<Record<DeviceKind, string>> {
  return {
    mosquitto: mosquittoCommand(login),
    tasmota: tasmotaCommand(login),
    shelly: shellyCall(login),
    victron: victronBridge(login),
  };
}

function mosquittoCommand({ host, port, tls, username, password, ...login }: DeviceLogin): string {
  const topic = `bluewatt/${login.mission}/${login.camp}/${login.meter}/reading`;
  const reading = JSON.stringify({ at: new Date(login.now).toISOString(), activePowerW: 1000 });
  return [
    `mosquitto_pub -h ${host} -p ${String(port)}${tls ? ' --tls-use-os-certs' : ''} -q 1 \\`,
    `  -u ${username} -P ${password} \\`,
    `  -t ${topic} \\`,
    `  -m '${reading}'`,
  ].join('\n');
}

/** For Tasmota's console; option 103 is TLS. */
function tasmotaCommand({ host, port, tls, username, password, ...camp }: DeviceLogin): string {
  const steps = [
    `Backlog MqttHost ${host}`,
    `MqttPort ${String(port)}`,
    `SetOption103 ${tls ? '1' : '0'}`,
    `MqttUser ${username}`,
    `MqttPassword ${password}`,
    `FullTopic ${chosenPrefix(camp)}/%topic%/%prefix%/`,
  ];
  return steps.join('; ');
}

/** The call by which a Shelly of the second generation or later is configured; it restarts afterwards. */
function shellyCall({ host, port, tls, username, password, ...camp }: DeviceLogin): string {
  const config = {
    enable: true,
    server: `${host}:${String(port)}`,
    ssl_ca: tls ? 'ca.pem' : null,
    user: username,
    pass: password,
    topic_prefix: `${chosenPrefix(camp)}/${NAME}`,
    rpc_ntf: true,
    status_ntf: true,
  };
  const call = JSON.stringify({ id: 1, method: 'MQTT.SetConfig', params: { config } });
  return `curl -X POST -d '${call}' http://${NAME}/rpc`;
}

/** A bridge in the mosquitto.conf of the camp's own broker that the GX publishes to; its state would go to topics of ours. */
function victronBridge({ host, port, tls, username, password, portals }: DeviceLogin): string {
  const topics = (portals.length > 0 ? portals : [PORTAL]).flatMap((portal) => [
    `topic N/${portal}/# out 1`,
    `topic R/${portal}/keepalive in 1`,
  ]);
  return [
    'connection bluewatt',
    `address ${host}:${String(port)}`,
    `remote_username ${username}`,
    `remote_password ${password}`,
    ...(tls ? ['bridge_capath /etc/ssl/certs'] : []),
    'notifications false',
    'try_private false',
    ...topics,
  ].join('\n');
}
