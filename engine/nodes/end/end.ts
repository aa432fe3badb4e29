import Type from 'typebox';
import { Value } from '../../definition/index.ts';
import { defineNode } from '../node-type.ts';

/**
 * Ends its scope, or with `scope: "flow"` the whole run. An end with `outcome` or `output` says the result itself; a
 * plain one leaves it to the flow's `output`.
 */
export const end = defineNode({
  label: {
    title: { en: 'End', zh: '结束' },
    description: { en: 'Ends the flow with an outcome', zh: '以某个结果结束流程' },
    group: 'control',
  },
  config: Type.Object({
    outcome: Type.Optional(Type.String({ pattern: '^[a-z][a-zA-Z0-9-]*$', maxLength: 64 })),
    output: Type.Optional(Value({ 'x-widget': 'mapping' })),
    scope: Type.Optional(Type.Literal('flow')),
  }),
  ports: () => [],
  noNext: true,
  compile: ({ config }) => ({
    activity: {
      kind: 'end',
      whole: config.scope === 'flow',
      ...(config.outcome === undefined ? {} : { outcome: config.outcome }),
      ...(config.output === undefined ? {} : { output: config.output }),
    },
  }),
});
