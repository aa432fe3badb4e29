import { isIP } from 'node:net';
import { Pool } from 'undici';
import {
  AddressError,
  addressRule,
  CallError,
  type ConnectorHost,
  defineConnector,
  guardedLookup,
  refused,
  secretOf,
  tlsOf,
} from '../sdk/index.ts';
import { readAnswer } from './answer.ts';
import { exchange, type WireAnswer } from './exchange.ts';
import { judgeError } from './failure.ts';
import { PathError } from './path.ts';
import { type BuildRequest, compileRequest, RequestError, type WireRequest } from './request.ts';
import { Binding, Config, checkBinding, checkConfig, MAX_CONNECTIONS } from './schemas.ts';

/** HTTP/1.1 services that speak JSON: one keep-alive pool for each service, to its one origin. */
export const http = defineConnector({
  protocol: 'http',
  title: { en: 'HTTP', zh: 'HTTP 接口' },
  config: Config,
  binding: Binding,
  checkConfig,
  checkBinding,
  destination: ({ baseUrl }) => new URL(baseUrl).origin,
  at: (config, { host, port }) => {
    const url = new URL(config.baseUrl);
    url.hostname = host.includes(':') ? `[${host}]` : host;
    url.port = String(port);
    return { ...config, baseUrl: url.href.replace(/\/$/, '') };
  },
  open: async (config, host) => {
    const url = new URL(config.baseUrl);
    const pool = openPool(url, config, host);
    const parts = {
      basePath: url.pathname.replace(/\/$/, ''),
      headers: fixedHeaders(config, host),
      serialNumberHeader: config.serialNumberHeader ?? 'X-Serial-Number',
    };
    const rules = { didNotActOn: config.didNotActOn ?? [] };
    const judgement = { read: (answer: WireAnswer) => readAnswer(answer, rules), error: judgeError };
    let closed: Promise<void> | undefined;
    const compiled = new WeakMap<Binding, BuildRequest>();

    function build(binding: Binding): BuildRequest {
      let request = compiled.get(binding);
      if (!request) {
        request = compileRequest(binding, parts);
        compiled.set(binding, request);
      }
      return request;
    }

    return {
      async call({ binding, input }, context) {
        const request = orRefused(() => build(binding)(input, context));
        return exchange(pool, request, context, judgement);
      },
      close() {
        closed ??= pool.close();
        return closed;
      },
      async check() {
        const headers = [...parts.headers];
        const request = {
          method: 'HEAD',
          path: `${parts.basePath}/`,
          headers,
          headersTimeout: 3_000,
          bodyTimeout: 3_000,
        };
        try {
          await (await pool.request(request)).body.dump();
        } catch (error) {
          throw judgeError(error instanceof Error ? error : new Error(String(error)), false);
        }
      },
    };
  },
});

function openPool(url: URL, config: Config, host: ConnectorHost): Pool {
  const isAllowed = addressRule(config.allowAddresses);
  // Names are checked as they are looked up; for an address there is no lookup.
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0 && !isAllowed(literal)) {
    throw refusedAddress(new AddressError(`${literal} is not an address that may be called: see allowAddresses`));
  }
  return new Pool(url.origin, {
    connections: config.maxConnections ?? MAX_CONNECTIONS,
    // The deadline is total; undici's own timeouts are per phase or idle.
    headersTimeout: 0,
    bodyTimeout: 0,
    connectTimeout: config.connectTimeoutMs ?? 3_000,
    connect: {
      lookup: guardedLookup(isAllowed),
      ...tlsOf(host, config.tls ?? {}),
    },
  });
}

function fixedHeaders(config: Config, host: ConnectorHost): string[] {
  return Object.entries(config.headers ?? {}).flatMap(([name, value]) => [
    name,
    typeof value === 'string' ? value : secretOf(host, value),
  ]);
}

function refusedAddress(cause: AddressError): CallError {
  return new CallError(cause.message, { kind: 'address-refused', retryable: false, mayHaveActed: false, cause });
}

function orRefused(build: () => WireRequest): WireRequest {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof RequestError || error instanceof PathError)) throw error;
    throw refused(error.message);
  }
}
