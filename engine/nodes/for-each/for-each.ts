import Type from 'typebox';
import { ScopeField, Value } from '../../definition/index.ts';
import { joining } from '../joining.ts';
import { defineNode } from '../node-type.ts';

const DEFAULT_CONCURRENCY = 10;

/**
 * Runs a scope once per item, `concurrency` at a time (default 10); inside it `item` and `index` can be read. Its output
 * is the array of item outputs in item order; with `onItemError: "collect"` a failed item stands there as
 * `{ "error": { "code", "message" } }`, and an item not needed any more as null.
 */
export const forEach = defineNode({
  label: {
    title: { en: 'For each', zh: '逐项处理' },
    description: { en: 'Runs the steps inside once per item', zh: '对列表中的每一项执行内部步骤' },
    group: 'control',
  },
  config: Type.Object({
    items: Value({ 'x-widget': 'path', 'x-value': { type: 'array' } }),
    do: ScopeField(),
    concurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: DEFAULT_CONCURRENCY })),
    ...joining,
    onItemError: Type.Optional(Type.Enum(['fail', 'collect'], { default: 'fail' })),
  }),
  ports: () => ['next'],
  scopeRule: () => ({ visible: false, certain: false, iterates: true }),
  compile: ({ id, config }) => ({
    activity: {
      kind: 'for-each',
      items: config.items,
      scope: `${id}.do`,
      concurrency: config.concurrency ?? DEFAULT_CONCURRENCY,
      need: config.need ?? 'all',
      losers: config.losers ?? 'cancel',
      collect: config.onItemError === 'collect',
    },
  }),
});
