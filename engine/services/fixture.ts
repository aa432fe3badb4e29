import {
  type Answer,
  type CallContext,
  type CallRequest,
  type Connection,
  type Connectors,
  defineConnector,
} from '@heddle/connectors/sdk/index';
import { Type } from 'typebox';
import type { Service } from './service.ts';

export type Answering = (request: CallRequest, context: CallContext) => Promise<Answer>;

/** A connector that opens and answers as a test tells it to, and remembers what it was asked. */
export function scriptedConnector(answering: Answering, opening: () => void = () => {}) {
  const asked: { request: CallRequest; context: CallContext }[] = [];
  const log = { opened: 0, closed: 0 };
  const connector = defineConnector({
    protocol: 'scripted',
    title: { en: 'Scripted', zh: '脚本' },
    config: Type.Object({ key: Type.Optional(Type.String()) }, { additionalProperties: false }),
    binding: Type.Object({}, { additionalProperties: true }),
    async open(): Promise<Connection> {
      opening();
      log.opened += 1;
      return {
        async call(request, context) {
          asked.push({ request, context });
          return answering(request, context);
        },
        async close() {
          log.closed += 1;
        },
      };
    },
  });
  const connectors: Connectors = new Map([[connector.protocol, connector]]);
  return { connectors, asked, log };
}

/** A service with one operation, `do`, of the scripted connector. */
export function serviceWith(
  operation: Partial<Service['operations'][string]> = {},
  service: Partial<Service> = {},
): Service {
  return {
    id: 'core',
    title: 'Core banking',
    connector: 'scripted',
    config: {},
    operations: { do: { safety: 'idempotent', request: true, response: true, binding: {}, ...operation } },
    ...service,
  };
}

/** A promise and the means to keep or break it. */
export function deferred<Value>() {
  let resolve: (value: Value) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<Value>((keep, refuse) => {
    resolve = keep;
    reject = refuse;
  });
  return { promise, resolve, reject };
}
