/**
 * Publishes imported values as a meter would: by the native contract, QoS 1, several readings a message. They
 * take the same way as every reading, so that the running worker checks, keeps and accounts them.
 */
import { readFileSync } from 'node:fs';
import mqtt, { type MqttClient } from 'mqtt';
import { AppError } from '#lib/server/errors.ts';
import { brokerUrl, type Settings } from '#lib/server/settings.ts';
import { isLongerThan } from '../../time-limit.ts';
import type { ImportValue } from './register-rows.ts';

const READINGS_PER_MESSAGE = 200;
const CONNECT_MS = 10_000;
const ACKNOWLEDGE_MS = 60_000;

export interface RegisterPublisher {
  /** Resolves when the broker acknowledged all of them. @throws AppError BROKER_UNAVAILABLE */
  publish(values: readonly ImportValue[]): Promise<void>;
  close(): Promise<void>;
}

/** @throws AppError BROKER_UNAVAILABLE, BROKER_REFUSED */
export async function connectPublisher(settings: Settings): Promise<RegisterPublisher> {
  const { username, password, caFile } = settings.mqtt;
  const address = brokerUrl(settings);
  let client: MqttClient;
  try {
    client = await mqtt.connectAsync(
      address,
      {
        connectTimeout: CONNECT_MS,
        reconnectPeriod: 500,
        ...(username !== undefined && { username }),
        ...(password !== undefined && { password }),
        ...(caFile !== undefined && { ca: readFileSync(caFile) }),
      },
      false,
    );
  } catch (error) {
    throw refusal(error) ?? unavailable(error instanceof Error ? error.message : String(error), error);
  }
  // A connection that breaks is made again, and what was under way is sent again.
  client.on('error', () => undefined);
  return {
    async publish(values) {
      const sent = Promise.all(
        [...messagesOf(values)].map(({ topic, payload }) => client.publishAsync(topic, payload, { qos: 1 })),
      );
      let isLate: boolean;
      try {
        isLate = await isLongerThan(ACKNOWLEDGE_MS, sent);
      } catch (error) {
        throw unavailable(error instanceof Error ? error.message : String(error), error);
      }
      if (!isLate) return;
      sent.catch(() => undefined);
      throw unavailable(`it acknowledged nothing for ${String(ACKNOWLEDGE_MS / 1000)} s`);
    },
    close: () => client.endAsync(true),
  };
}

/** CONNACK codes of MQTT 3.1.1 and 5 by which a broker says that this user may not. */
const REFUSALS: readonly unknown[] = [4, 5, 134, 135];

/** Undefined for a broker that does not say no. */
function refusal(error: unknown): AppError | undefined {
  if (!(error instanceof Error && 'code' in error && REFUSALS.includes(error.code))) return undefined;
  return new AppError(
    'BROKER_REFUSED',
    `The broker says no: ${error.message}. Set MQTT_USERNAME and MQTT_PASSWORD of a user who may publish.`,
    { retryable: false, cause: error },
  );
}

function unavailable(why: string, cause?: unknown): AppError {
  return new AppError(
    'BROKER_UNAVAILABLE',
    `The broker does not take the readings: ${why}. Is the worker running, with the same settings? What was stored stays; import the file again.`,
    { retryable: true, cause },
  );
}

function* messagesOf(values: readonly ImportValue[]): Generator<{ topic: string; payload: string }> {
  for (const [key, ofMeter] of Map.groupBy(values, ({ meter }) => meter.key)) {
    const readings = [...Map.groupBy(ofMeter, ({ at }) => at)].map(([at, ofInstant]) => ({
      at,
      ...Object.fromEntries(ofInstant.map(({ quantity, value }) => [quantity, value])),
    }));
    for (let first = 0; first < readings.length; first += READINGS_PER_MESSAGE) {
      const payload = JSON.stringify(readings.slice(first, first + READINGS_PER_MESSAGE));
      yield { topic: `bluewatt/${key}/reading`, payload };
    }
  }
}
