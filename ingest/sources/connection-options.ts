/** How we connect to a broker somebody runs: one persistent session, acknowledgements and reconnects by us. */
import { readFileSync } from 'node:fs';
import type { IClientOptions } from 'mqtt';

const SESSION_EXPIRY_S = 7 * 24 * 60 * 60;

/** 5, or 4 for MQTT 3.1.1 */
export type ProtocolVersion = 4 | 5;

export interface ConnectionOptions {
  readonly url: string;
  /** stable: the broker keeps our session under this name */
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  readonly caFile?: string;
  /** default 30 */
  readonly keepaliveS?: number;
  /** how many unacknowledged messages the broker may have under way to us */
  readonly receiveMaximum: number;
}

export function clientOptions(
  options: ConnectionOptions,
  protocolVersion: ProtocolVersion,
  reconnectPeriodMs: number,
): IClientOptions {
  return {
    // Messages of a resumed session come right after the CONNACK: our listeners must be there before.
    manualConnect: true,
    protocolVersion,
    clientId: options.clientId,
    clean: false,
    keepalive: options.keepaliveS ?? 30,
    reconnectPeriod: reconnectPeriodMs,
    connectTimeout: 10_000,
    reconnectOnConnackError: true,
    resubscribe: false,
    queueQoSZero: false,
    ...(options.username !== undefined && { username: options.username }),
    ...(options.password !== undefined && { password: options.password }),
    ...(options.caFile !== undefined && { ca: readFileSync(options.caFile) }),
    ...(protocolVersion === 5 && {
      properties: { sessionExpiryInterval: SESSION_EXPIRY_S, receiveMaximum: options.receiveMaximum },
    }),
  };
}
