import Type from 'typebox';
import { Duration, Value } from '../../definition/index.ts';
import { defineNode } from '../node-type.ts';
import { durationMs } from '../retry.ts';

/** Publishes a message to a topic; the run goes on when the broker has taken it. Delivered at least once, with the step's idempotency key as message id. */
export const emit = defineNode({
  label: {
    title: { en: 'Publish message', zh: '发布消息' },
    description: { en: 'Publishes a message to a topic', zh: '向主题发布消息' },
    group: 'service',
  },
  config: Type.Object({
    topic: Value({ 'x-value': { type: 'string' } }),
    payload: Type.Optional(Value({ default: {}, 'x-widget': 'mapping' })),
    key: Type.Optional(Value({ 'x-value': { type: 'string' } })),
    delay: Type.Optional(Duration()),
    service: Type.Optional(
      Type.String({
        maxLength: 200,
        description: 'The broker; default: the engine’s own events',
        'x-widget': 'broker',
      }),
    ),
  }),
  ports: () => ['next'],
  acts: true,
  compile: ({ config }) => ({
    activity: {
      kind: 'emit',
      topic: config.topic,
      payload: config.payload ?? {},
      ...(config.key === undefined ? {} : { key: config.key }),
      ...(config.delay === undefined ? {} : { delayMs: durationMs(config.delay) }),
      ...(config.service === undefined ? {} : { service: config.service }),
    },
  }),
});
