import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Core } from '../core.ts';
import { ask, type Call, execute } from '../execute.ts';
import type { Faults } from '../faults/faults.ts';
import { misbehave } from '../faults/misbehave.ts';
import type { Latency } from '../latency.ts';
import type { Operation, Service } from '../operation.ts';
import { Refusal } from '../refusal.ts';
import { openReader } from './read-input.ts';
import { routeSchema } from './route-schema.ts';
import { send } from './send.ts';

/** What stands between a request and its execution. */
export interface Desk {
  readonly core: Core;
  readonly faults: Faults;
  readonly latency: Latency;
  /** Calls since the start by `service.operation`, queries included. */
  readonly calls: Map<string, number>;
  /** Descriptions of what is served by gRPC besides. */
  grpcServices: readonly object[];
}

/** Serves one service under `/<id>`, with its OpenAPI document at `/<id>/openapi.json`. */
export async function serveService(app: FastifyInstance, desk: Desk, service: Service): Promise<void> {
  const { en, zh } = service.title;
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: `${en} ${zh}`, version: '1.0.0', description: `Owner: ${service.owner}` },
    },
  });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  for (const [name, operation] of Object.entries(service.operations)) {
    app.route({
      method: operation.method,
      url: operation.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      schema: routeSchema(service, name, operation),
      handler: openHandler(desk, { service: service.id, name, operation }),
    });
  }
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

function openHandler(desk: Desk, target: { service: string; name: string; operation: Operation }): Handler {
  const read = openReader(target.operation);
  const fullName = `${target.service}.${target.name}`;
  return async (request, reply) => {
    desk.calls.set(fullName, (desk.calls.get(fullName) ?? 0) + 1);
    const call: Call = { ...target, input: read(request), key: keyOf(request, target.operation) };
    const perform = () =>
      target.operation.readOnly ? Promise.resolve(ask(desk.core, call)) : execute(desk.core, call);
    const latencyMs = desk.latency.of(fullName);
    if (latencyMs > 0) await desk.core.clock.sleep(latencyMs, desk.core.closing);
    const fault = desk.faults.take(target.service, target.name, call.input);
    if (fault !== undefined) return misbehave({ core: desk.core, call, fault, request, reply, perform });
    return send(reply, await perform());
  };
}

export function keyOf({ headers }: Pick<FastifyRequest, 'headers'>, { readOnly }: Operation): string {
  const key = headers['idempotency-key'];
  if (typeof key === 'string' && key.length > 0 && key.length <= 256) return key;
  if (readOnly) return '';
  throw new Refusal('IDEMPOTENCY_KEY_MISSING', 'a changing call needs an Idempotency-Key of 1 to 256 characters');
}
