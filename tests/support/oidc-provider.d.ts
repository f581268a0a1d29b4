/** The part of `oidc-provider` that tests use: it comes without types. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';

  export interface ProviderOptions {
    readonly clients: readonly {
      client_id: string;
      client_secret: string;
      redirect_uris: readonly string[];
    }[];
    /** by scope */
    readonly claims: Readonly<Record<string, readonly string[]>>;
    readonly pkce: { required(): boolean };
    findAccount(
      context: unknown,
      sub: string,
    ): { accountId: string; claims(): { sub: string } & Record<string, unknown> };
  }

  export default class Provider {
    constructor(issuer: string, options: ProviderOptions);
    callback(): RequestListener;
  }
}
