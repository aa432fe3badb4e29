import Type from 'typebox';
import { BranchField } from '../../definition/index.ts';
import { joining } from '../joining.ts';
import { defineNode } from '../node-type.ts';

/**
 * Runs branches side by side. Its output is an object of branch outputs by name; the nodes of finished branches can be
 * read by their own ids afterwards. With `need` met it goes on; `losers` says what becomes of the others.
 */
export const parallel = defineNode({
  label: {
    title: { en: 'Parallel', zh: '并行' },
    description: { en: 'Runs branches at the same time and joins them', zh: '同时执行多个分支并汇合' },
    group: 'control',
  },
  config: Type.Object({
    branches: Type.Record(Type.String({ pattern: '^[a-z][a-zA-Z0-9-]*$' }), BranchField(), {
      minProperties: 1,
      maxProperties: 100,
      // A name is a part of the ids of effects, where / and # have a meaning.
      additionalProperties: false,
    }),
    ...joining,
  }),
  ports: () => ['next'],
  scopeRule: ({ branches, need }, path) => {
    const branch = branches[String(path[1])];
    return { visible: true, certain: (need ?? 'all') === 'all' && branch?.if === undefined };
  },
  check: ({ branches, need }) => {
    const count = Object.keys(branches).length;
    if (typeof need !== 'number' || need <= count) return [];
    return [
      {
        pointer: '/need',
        code: 'need',
        message: `can never be met: ${need} of ${count} branches; lower it or add branches`,
      },
    ];
  },
  compile: ({ id, config }) => ({
    activity: {
      kind: 'parallel',
      branches: Object.entries(config.branches).map(([name, branch]) => ({
        name,
        scope: `${id}.${name}`,
        ...(branch.if === undefined ? {} : { condition: branch.if }),
      })),
      need: config.need ?? 'all',
      losers: config.losers ?? 'cancel',
    },
  }),
});
