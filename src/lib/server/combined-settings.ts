/** Settings that several variables make together: which of them need each other, and what follows where one is unset. Pure. */

/** Where an organisation's own sign-in is, by OpenID Connect. */
export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** what the button says */
  readonly name: string;
}

export interface BrokerSettings {
  readonly host: string;
  readonly port: number;
  /** who gets in without a credential: everybody who reaches it, or nobody */
  readonly access: 'open' | 'credentials';
  /** a second place, with TLS; PEM files */
  readonly tls?: {
    readonly host: string;
    readonly port: number;
    readonly certFile: string;
    readonly keyFile: string;
  };
}

/** Tells that `name` is needed because another variable is set. */
export type Missing<Name> = (name: Name, other: Name) => void;

/** Whether a host means this machine and no other. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || /^127\.\d+\.\d+\.\d+$/.test(host) || /^\[?::1\]?$/.test(host);
}

/** Of the dashboard. A proxy on the same machine makes a loopback address public; `origin` then names what people type. */
export function isForThisMachine({ host, origin }: { host: string; origin?: string }): boolean {
  return isLoopback(host) && (origin === undefined || isLoopback(new URL(origin).hostname));
}

export function oidcSettings(
  told: { [K in keyof OidcSettings]: OidcSettings[K] | undefined },
  missing: Missing<'OIDC_ISSUER' | 'OIDC_CLIENT_ID' | 'OIDC_CLIENT_SECRET'>,
): OidcSettings | undefined {
  const { issuer, clientId, clientSecret, name } = told;
  if (issuer === undefined) return undefined;
  if (clientId !== undefined && clientSecret !== undefined)
    return { issuer, clientId, clientSecret, name: name ?? new URL(issuer).hostname };
  missing(clientId === undefined ? 'OIDC_CLIENT_ID' : 'OIDC_CLIENT_SECRET', 'OIDC_ISSUER');
  return undefined;
}

export function brokerSettings(
  told: {
    readonly host: string | undefined;
    readonly port: number | undefined;
    readonly access: BrokerSettings['access'] | undefined;
    readonly certFile: string | undefined;
    readonly keyFile: string | undefined;
    readonly tlsHost: string | undefined;
    readonly tlsPort: number | undefined;
  },
  missing: Missing<'BROKER_TLS_CERT_FILE' | 'BROKER_TLS_KEY_FILE'>,
): BrokerSettings {
  const { host = '127.0.0.1', port = 1883, certFile, keyFile } = told;
  const { tlsHost = host, tlsPort = 8883 } = told;
  const hasTls = certFile !== undefined && keyFile !== undefined;
  if (certFile !== undefined && !hasTls) missing('BROKER_TLS_KEY_FILE', 'BROKER_TLS_CERT_FILE');
  if (keyFile !== undefined && !hasTls) missing('BROKER_TLS_CERT_FILE', 'BROKER_TLS_KEY_FILE');
  const isForThisMachine = isLoopback(host) && (!hasTls || isLoopback(tlsHost));
  return {
    ...{ host, port, access: told.access ?? (isForThisMachine ? 'open' : 'credentials') },
    ...(hasTls && { tls: { host: tlsHost, port: tlsPort, certFile, keyFile } }),
  };
}

/** What somebody who starts the embedded broker should know of who gets in, a sentence each. */
export function brokerWarnings({ host, access, tls }: BrokerSettings): string[] {
  const warnings: string[] = [];
  const open = [host, ...(tls === undefined ? [] : [tls.host])].find((each) => !isLoopback(each));
  if (access === 'open' && open !== undefined)
    warnings.push(
      `The embedded broker listens on ${open} and asks nobody for a password (BROKER_ACCESS=open): whoever reaches it can publish readings of any camp. Unset BROKER_ACCESS and issue credentials on the camps' pages of the registry.`,
    );
  if (access === 'credentials' && !isLoopback(host))
    warnings.push(
      `The embedded broker listens on ${host} without TLS (BROKER_HOST): passwords can be read on the way. Set BROKER_HOST=127.0.0.1, and BROKER_TLS_HOST with a certificate for devices elsewhere.`,
    );
  return warnings;
}
