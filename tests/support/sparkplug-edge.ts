/**
 * A Sparkplug edge node with one device, on a real broker: births, data by alias, a will, and births again when asked by
 * `Node Control/Rebirth`.
 */
import mqtt from 'mqtt';
import { sparkplugPayload, type SparkplugMetric } from './sparkplug-payload.ts';

export interface SparkplugEdge {
  /** NBIRTH and DBIRTH. */
  readonly bear: () => Promise<void>;
  /** DDATA by alias alone. */
  readonly tell: (...metrics: SparkplugMetric[]) => Promise<void>;
  /** How often it was asked to be born again. */
  readonly rebirths: () => number;
  /** Breaks the connection, so that the broker publishes the death certificate. */
  readonly cut: () => Promise<void>;
}

export async function startSparkplugEdge(options: {
  readonly brokerUrl: string;
  readonly group: string;
  readonly node: string;
  readonly device: string;
  readonly metrics: readonly SparkplugMetric[];
}): Promise<SparkplugEdge> {
  const { group, node, device, metrics } = options;
  const topic = (verb: string): string =>
    `spBv1.0/${group}/${verb}/${node}${verb.startsWith('D') ? `/${device}` : ''}`;
  const bdSeq = { name: 'bdSeq', datatype: 8, long: 0n };
  const will = {
    topic: topic('NDEATH'),
    payload: sparkplugPayload({ metrics: [bdSeq] }),
    qos: 1 as const,
    retain: false,
  };
  const client = await mqtt.connectAsync(options.brokerUrl, { reconnectPeriod: 0, will });
  let seq = 0;
  let rebirths = 0;
  const say = async (verb: string, all: readonly SparkplugMetric[]): Promise<void> => {
    if (verb === 'NBIRTH') seq = 0;
    const payload = sparkplugPayload({ timestamp: Date.now(), seq, metrics: all });
    seq = (seq + 1) % 256;
    await client.publishAsync(topic(verb), payload, { qos: 0 });
  };
  const bear = async (): Promise<void> => {
    await say('NBIRTH', [bdSeq, { name: 'Node Control/Rebirth', datatype: 11, boolean: false }]);
    await say('DBIRTH', metrics);
  };
  client.on('message', (_, body) => {
    if (!body.includes('Node Control/Rebirth')) return;
    rebirths += 1;
    void bear();
  });
  await client.subscribeAsync(topic('NCMD'));
  return {
    bear,
    tell: (...all) => say('DDATA', all),
    rebirths: () => rebirths,
    async cut() {
      client.stream.destroy();
      await client.endAsync(true);
    },
  };
}
