import Type from 'typebox';
import { Value } from '../../definition/index.ts';
import { defineNode } from '../node-type.ts';

/** Answers the waiting HTTP caller now; the run goes on. A second answer, or one that nobody waits for, does nothing. */
export const respond = defineNode({
  label: {
    title: { en: 'Respond', zh: '返回响应' },
    description: { en: 'Answers the caller; the flow goes on', zh: '立即响应调用方，流程继续' },
    group: 'service',
  },
  config: Type.Object({
    status: Type.Optional(Value({ default: 200, 'x-value': { type: 'integer' } })),
    body: Type.Optional(Value({ default: null, 'x-widget': 'mapping' })),
    headers: Type.Optional(Value({ 'x-value': { type: 'object' } })),
  }),
  ports: () => ['next'],
  compile: ({ config }) => ({
    activity: {
      kind: 'respond',
      status: config.status ?? 200,
      body: config.body ?? null,
      ...(config.headers === undefined ? {} : { headers: config.headers }),
    },
  }),
});
