import Type from 'typebox';
import { Value } from '../../definition/index.ts';
import { defineNode } from '../node-type.ts';

/** Raises an error with a code of the author's; enclosing `catch` routes see it, else the run fails. */
export const fail = defineNode({
  label: {
    title: { en: 'Fail', zh: '抛出错误' },
    description: { en: 'Raises an error with a code', zh: '抛出带错误码的错误' },
    group: 'control',
  },
  config: Type.Object({
    code: Type.String({ pattern: '^[A-Z][A-Z0-9_]*$', maxLength: 64 }),
    message: Type.Optional(Value({ 'x-value': { type: 'string' } })),
    details: Type.Optional(Value({ 'x-value': { type: 'object' } })),
  }),
  ports: () => [],
  noNext: true,
  compile: ({ config }) => ({
    activity: {
      kind: 'fail',
      code: config.code,
      message: config.message ?? config.code,
      ...(config.details === undefined ? {} : { details: config.details }),
    },
  }),
});
