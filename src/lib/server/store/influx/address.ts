/**
 * Where InfluxDB is and who we are to it, taken apart once: credentials go into a header, and what is left
 * can be shown in a message.
 */
import { AppError } from '../../errors.ts';

export interface InfluxAddress {
  readonly protocol: 'http' | 'https';
  /** without the brackets of an IPv6 address */
  readonly host: string;
  readonly port: number;
  /** what a reverse proxy wants in front of /write and /query; '' or like `/influx` */
  readonly prefix: string;
  readonly database: string;
  /** value of the Authorization header; a secret */
  readonly authorization: string | undefined;
  /** for messages: no credentials */
  readonly shown: string;
}

/**
 * Takes `http(s)://user:password@host:8086/database` apart. A token, when given, is used instead of the
 * password: InfluxDB 1.8, 2 and 3 all take `Token`.
 * @throws AppError CONFIG_INVALID; the message repeats nothing of what was given
 */
export function parseInfluxAddress(url: string, token?: string): InfluxAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const protocol =
    parsed?.protocol === 'https:' ? 'https' : parsed?.protocol === 'http:' ? 'http' : undefined;
  const segments = parsed?.pathname.split('/').filter((segment) => segment !== '') ?? [];
  const database = decoded(segments.pop() ?? '');
  if (parsed === undefined || protocol === undefined || database === '' || /["\\\p{Cc}]/u.test(database)) {
    throw new AppError('CONFIG_INVALID', 'INFLUX_URL: expected http(s)://user:password@host:8086/database', {
      retryable: false,
    });
  }
  const prefix = segments.map((segment) => `/${segment}`).join('');
  return {
    protocol,
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? (protocol === 'https' ? 443 : 80) : Number(parsed.port),
    prefix,
    database,
    authorization: authorizationOf(parsed, token),
    shown: `${protocol}://${parsed.host}${prefix}/${database}`,
  };
}

function authorizationOf({ username, password }: URL, token: string | undefined): string | undefined {
  if (token !== undefined) return `Token ${token}`;
  if (username === '' && password === '') return undefined;
  return `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone percent sign in a password is a percent sign.
    return text;
  }
}
