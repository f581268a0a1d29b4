/**
 * The do-nothing subscriber that the worker is measured beside: the same MQTT client, a persistent session with the
 * same window, QoS 1, and no work at all in its handler.
 *
 *     node subscriber-main.ts '{"url":"mqtt://127.0.0.1:1883","clientId":"idle","receiveMaximum":20000,"protocolVersion":5,"messages":0}'
 *
 * It ends after `messages` messages, or, for 0, as soon as its session exists.
 */
import mqtt from 'mqtt';
import { NATIVE_FILTER } from '../../ingest/decode/native.ts';

export interface SubscriberTask {
  readonly url: string;
  readonly clientId: string;
  readonly receiveMaximum: number;
  readonly protocolVersion: 4 | 5;
  readonly messages: number;
}

const task = JSON.parse(process.argv[2] ?? '') as SubscriberTask;
const client = mqtt.connect(task.url, {
  manualConnect: true,
  protocolVersion: task.protocolVersion,
  clientId: task.clientId,
  clean: false,
  resubscribe: false,
  ...(task.protocolVersion === 5 && {
    properties: { sessionExpiryInterval: 3_600, receiveMaximum: task.receiveMaximum },
  }),
});
let received = 0;
let connectedAt = 0;
let cpuBefore = process.cpuUsage();

client.on('connect', () => {
  connectedAt = Date.now();
  cpuBefore = process.cpuUsage();
  if (task.messages > 0) return;
  client.subscribe(NATIVE_FILTER, { qos: 1 }, () => {
    client.end(false, () => process.exit(0));
  });
});
client.on('message', () => {
  received += 1;
  if (received !== task.messages) return;
  const endedAt = Date.now();
  const { user, system } = process.cpuUsage(cpuBefore);
  const result = {
    connectedAt,
    endedAt,
    cpuUs: user + system,
    peakMb: process.resourceUsage().maxRSS / 1024,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  client.end(false, () => process.exit(0));
});
client.connect();
