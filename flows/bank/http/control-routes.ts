import type { FastifyInstance } from 'fastify';
import Type, { type Static, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { describeServices } from '../describe.ts';
import { FaultPlan } from '../faults/fault.ts';
import { Refusal } from '../refusal.ts';
import type { Desk } from './service-routes.ts';

const LatencyPlan = Type.Record(Type.String(), Type.Integer({ minimum: 0, maximum: 600_000 }));
const EffectQuery = Type.Object({
  key: Type.Optional(Type.String()),
  limit: Type.Optional(Type.String({ pattern: '^[0-9]+$' })),
});
const DEFAULT_LIST = 1_000;

/** What only tests and drills use: faults, latency, the audit and the record of effects. */
export function serveControl(app: FastifyInstance, desk: Desk, reset: () => Promise<void>): void {
  const { core, faults, latency, calls } = desk;
  const parsePlan = parser(FaultPlan);
  const parseLatency = parser(LatencyPlan);
  const parseQuery = parser(EffectQuery);

  app.get('/services', ({ host }) => [...describeServices(`http://${host}`), ...desk.grpcServices]);
  app.get('/audit', () => core.ledger.audit());
  app.get('/effects', ({ query }) => {
    const { key, limit } = parseQuery(query);
    return { items: key === undefined ? core.effects.list(Number(limit ?? DEFAULT_LIST)) : core.effects.byKey(key) };
  });
  app.get('/calls', () => Object.fromEntries(calls));
  app.post('/reset', async (_request, reply) => {
    await reset();
    return reply.code(204).send();
  });

  app.get('/faults', () => faults.list());
  app.put('/faults', ({ body }) => {
    faults.set(parsePlan(body));
    return faults.list();
  });
  app.delete('/faults', (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });
  app.get('/latency', () => latency.list());
  app.put('/latency', ({ body }) => {
    latency.set(parseLatency(body));
    return latency.list();
  });
}

function parser<T extends TSchema>(schema: T): (value: unknown) => Static<T> {
  const validator = Compile(schema);
  return (value) => {
    if (validator.Check(value)) return value;
    const [first] = validator.Errors(value);
    throw new Refusal('INVALID_INPUT', `${first?.instancePath || '/'} ${first?.message}`);
  };
}
