import Type from 'typebox';
import { Value } from '../../definition/index.ts';
import { defineNode } from '../node-type.ts';

/**
 * Starts another flow. With `wait` (the default) its result is the output, its failure is `SUBFLOW_FAILED`, and undoing
 * this run undoes it too; without, the output is `{ runId }` and the two runs go their own ways.
 */
export const subflow = defineNode({
  label: {
    title: { en: 'Sub-flow', zh: '子流程' },
    description: { en: 'Starts another flow', zh: '启动另一个流程' },
    group: 'control',
  },
  config: Type.Object({
    flow: Type.String({ minLength: 1, maxLength: 64, 'x-widget': 'flow' }),
    version: Type.Optional(Type.String({ minLength: 1, maxLength: 64, default: 'latest' })),
    input: Type.Optional(Value({ default: {}, 'x-widget': 'mapping' })),
    wait: Type.Optional(Type.Boolean({ default: true })),
  }),
  ports: () => ['next'],
  acts: true,
  durableOnly: true,
  compile: ({ config }) => ({
    activity: {
      kind: 'start-run',
      flow: config.flow,
      version: config.version ?? 'latest',
      input: config.input ?? {},
      wait: config.wait ?? true,
    },
  }),
});
