import Type from 'typebox';
import { Value } from '../../definition/index.ts';
import { defineNode } from '../node-type.ts';

/** Computes values into `vars`, all from what was there before. Inside a branch they are seen outside once it has ended. */
export const set = defineNode({
  label: {
    title: { en: 'Set variables', zh: '设置变量' },
    description: { en: 'Computes values and names them', zh: '计算并命名变量' },
    group: 'data',
  },
  config: Type.Object({
    values: Type.Record(Type.String({ pattern: '^[a-zA-Z][a-zA-Z0-9_]*$' }), Value(), {
      minProperties: 1,
      maxProperties: 100,
      additionalProperties: false,
    }),
  }),
  ports: () => ['next'],
  setsVars: ({ values }) => Object.keys(values),
  compile: ({ config }) => ({ activity: { kind: 'assign', values: config.values } }),
});
