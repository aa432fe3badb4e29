import type { ConnectorHost } from '../sdk/index.ts';

/** Where a database server is, and how to get in. */
export interface Server {
  readonly host: string;
  readonly port: number | undefined;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
  readonly tls: { readonly ca?: string } | undefined;
  readonly readOnly: boolean;
  readonly connectTimeoutMs: number;
  readonly warn: ConnectorHost['warn'];
}
