/**
 * Settings: the environment variables that worker and web understand, all optional, all checked at once.
 * Pure: the environment is an argument. Problems name the variable, what was expected and what was found;
 * the values of secrets are never repeated.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { isTopicFilter } from '../registry/mqtt-filter.ts';
import { brokerSettings, isForThisMachine, oidcSettings } from './combined-settings.ts';
import type { BrokerSettings, OidcSettings } from './combined-settings.ts';
import type { SettingsProblem } from './settings-problems.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type AccessMode = 'open' | 'accounts';

export interface Settings {
  readonly mqtt: {
    /** undefined: the embedded broker */
    readonly url?: string;
    readonly username?: string;
    readonly password?: string;
    readonly caFile?: string;
    /** undefined: all profiles' topics */
    readonly topics?: readonly string[];
    readonly clientId: string;
    /** undefined: no Sparkplug host state is announced */
    readonly sparkplugHostId?: string;
  };
  /** filters listened to for devices that nobody has told of; none: not listened */
  readonly discoveryTopics: readonly string[];
  /** the embedded broker */
  readonly broker: BrokerSettings;
  readonly influx?: { readonly url: string; readonly token?: string };
  readonly dataDir: string;
  /** the installation's own device profiles, beside the bundled ones */
  readonly profilesDir: string;
  readonly web: { readonly host: string; readonly port: number; readonly origin?: string };
  /** who gets in without signing in: everybody who reaches the address, or nobody */
  readonly access: AccessMode;
  readonly oidc?: OidcSettings;
  /** where the worker answers /health and /metrics */
  readonly worker: { readonly host: string; readonly port: number };
  /** bytes the spool may take before the worker stops acknowledging */
  readonly spoolMaxBytes: number;
  /** how long raw readings are kept; undefined: for ever */
  readonly rawRetentionDays?: number;
  readonly logLevel: LogLevel;
}

type Environment = Readonly<Record<string, string | undefined>>;

const url = (protocols: readonly string[]) =>
  z.string().refine((text) => {
    if (!URL.canParse(text)) return false;
    const parsed = new URL(text);
    return protocols.includes(parsed.protocol) && parsed.hostname !== '';
  });
const port = z.coerce.number().int().min(0).max(65535);
const text = z.string().min(1);

interface Variable<T> {
  readonly schema: z.ZodType<T, unknown>;
  readonly expected: string;
  readonly secret?: boolean;
}

function variable<T>(schema: z.ZodType<T, unknown>, expected: string, secret = false): Variable<T> {
  return { schema, expected, secret };
}

/** A month that is closed late, and the outage that made it so. */
const MIN_RAW_DAYS = 62;

const VARIABLES = {
  MQTT_URL: variable(
    url(['mqtt:', 'mqtts:', 'ws:', 'wss:']),
    'a broker address such as mqtt://broker.example:1883 (mqtt, mqtts, ws or wss)',
    true,
  ),
  MQTT_USERNAME: variable(text, 'a user name'),
  MQTT_PASSWORD: variable(text, 'a password', true),
  MQTT_CA_FILE: variable(text, 'the path of a PEM file'),
  MQTT_TOPICS: variable(
    text.refine((list) => filtersIn(list).every(isTopicFilter)).transform(filtersIn),
    'comma-separated MQTT filters, such as bluewatt/unmiss/#,bluewatt/monusco/#',
  ),
  DISCOVERY_TOPICS: variable(
    text.refine((list) => list === 'off' || filtersIn(list).every(isTopicFilter)),
    'comma-separated MQTT filters, such as site/#, or: off',
  ),
  MQTT_CLIENT_ID: variable(
    z.string().regex(/^[\w.-]{1,64}$/),
    'up to 64 letters, digits, dots, dashes or underscores; the same at every start',
  ),
  SPARKPLUG_HOST_ID: variable(
    z.string().regex(/^[^+#/]{1,64}$/),
    'a name of up to 64 characters without /, +, #',
  ),
  BROKER_HOST: variable(text, 'an address to listen on, such as 127.0.0.1'),
  BROKER_PORT: variable(port, 'a port, 0 to 65535'),
  BROKER_ACCESS: variable(z.enum(['open', 'credentials']), 'open or credentials'),
  BROKER_TLS_CERT_FILE: variable(text, 'the path of a PEM file'),
  BROKER_TLS_KEY_FILE: variable(text, 'the path of a PEM file'),
  BROKER_TLS_HOST: variable(text, 'an address to listen on, such as 0.0.0.0'),
  BROKER_TLS_PORT: variable(port, 'a port, 0 to 65535'),
  INFLUX_URL: variable(
    url(['http:', 'https:']).refine((text) => !URL.canParse(text) || new URL(text).pathname.length > 1),
    'http(s)://user:password@host:8086/database',
    true,
  ),
  INFLUX_TOKEN: variable(text, 'a token', true),
  DATA_DIR: variable(text, 'the path of a folder'),
  PROFILES_DIR: variable(text, 'the path of a folder'),
  HOST: variable(text, 'an address to listen on, such as 127.0.0.1'),
  PORT: variable(port, 'a port, 0 to 65535'),
  ORIGIN: variable(url(['http:', 'https:']), 'the address people type, such as https://bluewatt.example'),
  ACCESS: variable(z.enum(['open', 'accounts']), 'open or accounts'),
  OIDC_ISSUER: variable(url(['http:', 'https:']), "the provider's address, such as https://login.example"),
  OIDC_CLIENT_ID: variable(text, 'the name under which the provider knows Bluewatt'),
  OIDC_CLIENT_SECRET: variable(text, 'what the provider gave with it', true),
  OIDC_NAME: variable(text, "the organisation's name, for the button"),
  WORKER_HOST: variable(text, 'an address to listen on, such as 127.0.0.1'),
  WORKER_PORT: variable(port, 'a port, 0 to 65535'),
  SPOOL_MAX_BYTES: variable(z.coerce.number().int().min(1_000_000), 'a number of bytes, at least 1000000'),
  RAW_RETENTION_DAYS: variable(
    z.coerce.number().int().min(MIN_RAW_DAYS).max(100_000),
    `a number of days, at least ${String(MIN_RAW_DAYS)}`,
  ),
  LOG_LEVEL: variable(z.enum(LOG_LEVELS), LOG_LEVELS.join(', ')),
} as const;

type Name = keyof typeof VARIABLES;

/** Reads one variable at a time; what is wrong with it goes to `problems`. */
function reader(environment: Environment, problems: SettingsProblem[]) {
  return function read<N extends Name>(name: N): z.infer<(typeof VARIABLES)[N]['schema']> | undefined {
    const raw = environment[name]?.trim();
    if (raw === undefined || raw === '') return undefined;
    const { schema, expected, secret } = VARIABLES[name] as Variable<
      z.infer<(typeof VARIABLES)[N]['schema']>
    >;
    const result = schema.safeParse(raw);
    if (result.success) return result.data;
    problems.push({
      name,
      expected,
      received: secret === true ? 'something else (not shown)' : JSON.stringify(raw),
    });
    return undefined;
  };
}

/** Reads all settings from `environment`; either every one is valid, or every problem is told. */
export function readSettings(
  environment: Environment,
): { ok: true; settings: Settings } | { ok: false; problems: SettingsProblem[] } {
  const problems: SettingsProblem[] = [];

  const read = reader(environment, problems);
  const missing = (name: Name, other: Name): void => {
    problems.push({ name, expected: `${VARIABLES[name].expected}, with ${other}`, received: 'nothing' });
  };
  const oidc = {
    issuer: read('OIDC_ISSUER'),
    clientId: read('OIDC_CLIENT_ID'),
    clientSecret: read('OIDC_CLIENT_SECRET'),
    name: read('OIDC_NAME'),
  };
  const broker = {
    host: read('BROKER_HOST'),
    port: read('BROKER_PORT'),
    access: read('BROKER_ACCESS'),
    certFile: read('BROKER_TLS_CERT_FILE'),
    keyFile: read('BROKER_TLS_KEY_FILE'),
    tlsHost: read('BROKER_TLS_HOST'),
    tlsPort: read('BROKER_TLS_PORT'),
  };
  const dataDir = read('DATA_DIR') ?? './data';
  const place = { host: read('HOST') ?? '127.0.0.1', port: read('PORT') ?? 3000 };
  const web = { ...place, ...present('origin', read('ORIGIN')) };
  const topics = read('MQTT_TOPICS');
  const settings: Settings = {
    mqtt: {
      ...present('url', read('MQTT_URL')),
      ...present('username', read('MQTT_USERNAME')),
      ...present('password', read('MQTT_PASSWORD')),
      ...present('caFile', read('MQTT_CA_FILE')),
      ...present('topics', topics),
      clientId: read('MQTT_CLIENT_ID') ?? 'bluewatt-ingest',
      ...present('sparkplugHostId', read('SPARKPLUG_HOST_ID')),
    },
    discoveryTopics: discoveryTopics(read('DISCOVERY_TOPICS'), topics !== undefined),
    broker: brokerSettings(broker, missing),
    ...present('influx', influxSettings(read('INFLUX_URL'), read('INFLUX_TOKEN'))),
    dataDir,
    profilesDir: read('PROFILES_DIR') ?? join(dataDir, 'profiles'),
    web,
    access: read('ACCESS') ?? (isForThisMachine(web) ? 'open' : 'accounts'),
    ...present('oidc', oidcSettings(oidc, missing)),
    worker: { host: read('WORKER_HOST') ?? '127.0.0.1', port: read('WORKER_PORT') ?? 9464 },
    spoolMaxBytes: read('SPOOL_MAX_BYTES') ?? 4_000_000_000,
    ...present('rawRetentionDays', read('RAW_RETENTION_DAYS')),
    logLevel: read('LOG_LEVEL') ?? 'info',
  };
  return problems.length > 0 ? { ok: false, problems } : { ok: true, settings };
}

function filtersIn(list: string): string[] {
  return list.split(',').map((filter) => filter.trim());
}

/** Workers that share topics out would each hear every stranger: then somebody says who listens. */
function discoveryTopics(list: string | undefined, isShared: boolean): string[] {
  if (list === undefined) return isShared ? [] : ['#'];
  return list === 'off' ? [] : filtersIn(list);
}

function influxSettings(address: string | undefined, token: string | undefined): Settings['influx'] {
  return address === undefined ? undefined : { url: address, ...present('token', token) };
}

/** `{ [key]: value }`, or nothing at all when there is no value: absent and undefined are not the same. */
function present<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}

/** The address by which this machine reaches its broker: the one that was named, or the embedded one. */
export function brokerUrl(settings: Pick<Settings, 'mqtt' | 'broker'>): string {
  if (settings.mqtt.url !== undefined) return settings.mqtt.url;
  const { host, port: listening } = settings.broker;
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host;
  return `mqtt://${reachable}:${String(listening)}`;
}
