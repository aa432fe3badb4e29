import Type from 'typebox';
import type { StatusQuery, Undo } from '../../compile/program.ts';
import { Condition, Duration, Retry, Value } from '../../definition/index.ts';
import { defineNode } from '../node-type.ts';
import { durationMs, retryPolicy } from '../retry.ts';

const closed = { additionalProperties: false };
const named = (widget: 'service' | 'operation') => Type.String({ minLength: 1, maxLength: 200, 'x-widget': widget });
const mapped = Value({ default: {}, 'x-widget': 'mapping' });

const Compensate = Type.Object(
  {
    service: Type.Optional(named('service')),
    operation: named('operation'),
    input: Type.Optional(mapped),
    retry: Type.Optional(Retry),
  },
  closed,
);

const OnUnknown = Type.Object(
  {
    query: Type.Object(
      { service: Type.Optional(named('service')), operation: named('operation'), input: Type.Optional(mapped) },
      closed,
    ),
    every: Type.Optional(Duration({ default: '5s' })),
    maxWait: Type.Optional(Duration({ default: '5m' })),
    decide: Type.Array(Type.Object({ if: Condition(), then: Type.Enum(['succeeded', 'failed', 'retry']) }, closed), {
      minItems: 1,
      maxItems: 20,
    }),
    otherwise: Type.Optional(Type.Enum(['operator', 'failed'], { default: 'operator' })),
  },
  closed,
);

/** Undoing must be patient: by default ten attempts, up to a minute apart, before an operator is asked. */
const undoRetry = { attempts: 10, delay: '500ms', maxDelay: '1m' } as const;

/** Calls an operation of a registered service. Its output is the body of the answer. */
export const call = defineNode({
  label: {
    title: { en: 'Call', zh: '调用服务' },
    description: { en: 'Calls an operation of a registered service', zh: '调用已注册服务的一个操作' },
    group: 'service',
  },
  config: Type.Object({
    service: named('service'),
    operation: named('operation'),
    input: Type.Optional(mapped),
    timeout: Type.Optional(Duration({ description: 'Total time of one attempt; default: the operation’s own' })),
    retry: Type.Optional(Retry),
    compensate: Type.Optional(Compensate),
    onUnknown: Type.Optional(OnUnknown),
  }),
  ports: () => ['next'],
  acts: true,
  durableOnly: (config) => config.compensate !== undefined || config.onUnknown !== undefined,
  compile: ({ config }) => {
    const compensate: Undo | undefined = config.compensate && {
      service: config.compensate.service ?? config.service,
      operation: config.compensate.operation,
      input: config.compensate.input ?? {},
      retry: retryPolicy(config.compensate.retry ?? undoRetry),
    };
    const onUnknown: StatusQuery | undefined = config.onUnknown && {
      service: config.onUnknown.query.service ?? config.service,
      operation: config.onUnknown.query.operation,
      input: config.onUnknown.query.input ?? {},
      everyMs: durationMs(config.onUnknown.every ?? '5s'),
      maxWaitMs: durationMs(config.onUnknown.maxWait ?? '5m'),
      decide: config.onUnknown.decide,
      otherwise: config.onUnknown.otherwise ?? 'operator',
    };
    return {
      activity: {
        kind: 'call',
        service: config.service,
        operation: config.operation,
        input: config.input ?? {},
        ...(config.timeout === undefined ? {} : { timeoutMs: durationMs(config.timeout) }),
        ...(compensate ? { compensate } : {}),
        ...(onUnknown ? { onUnknown } : {}),
      },
    };
  },
});
