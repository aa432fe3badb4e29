import { Resolver } from 'node:dns/promises';
import { Type } from 'typebox';
import { ASK_MS, closed, common, defineSource } from './source.ts';

/** A weight of 0 is "hardly ever" (RFC 2782), unless all are 0. */
const LEAST_WEIGHT = 0.01;

/** SRV records. Only those of the lowest priority number are called: the others are for when these are gone from the DNS. */
export const dnsSrv = defineSource({
  kind: 'dns-srv',
  settings: Type.Object(
    {
      kind: Type.Literal('dns-srv'),
      /** Such as `_core._tcp.bank.internal`. */
      name: Type.String({ minLength: 1, maxLength: 253 }),
      /** Servers to ask, as `10.0.0.53` or `127.0.0.1:8600`. Default: those of the system. */
      servers: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 5 })),
      ...common,
    },
    closed,
  ),
  problems({ servers }) {
    if (servers === undefined) return [];
    try {
      new Resolver().setServers(servers);
      return [];
    } catch {
      return [{ pointer: '/servers', message: 'must be IP addresses, each with or without a port' }];
    }
  },
  async find({ name, servers }) {
    const resolver = new Resolver({ timeout: ASK_MS / 2, tries: 2 });
    if (servers) resolver.setServers(servers);
    const records = await resolver.resolveSrv(name);
    const first = Math.min(...records.map(({ priority }) => priority));
    return records
      .filter(({ priority }) => priority === first)
      .map(({ name: host, port, weight }) => ({
        id: `${host}:${port}`,
        host,
        port,
        weight: Math.max(weight, LEAST_WEIGHT),
        tags: [],
      }));
  },
});
