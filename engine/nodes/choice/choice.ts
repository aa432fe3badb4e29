import Type from 'typebox';
import { Condition, NodeRef, Text } from '../../definition/index.ts';
import { defineNode } from '../node-type.ts';

/** Exclusive choice: leaves by the first condition that holds, else by `otherwise`; without either it fails with `CHOICE_UNMATCHED`. */
export const choice = defineNode({
  label: {
    title: { en: 'Choice', zh: '条件分支' },
    description: { en: 'Takes the first path whose condition holds', zh: '走第一个条件成立的分支' },
    group: 'control',
  },
  config: Type.Object({
    when: Type.Array(
      Type.Object(
        { if: Condition({ 'x-widget': 'condition' }), next: NodeRef(), title: Type.Optional(Text) },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 100 },
    ),
    otherwise: Type.Optional(NodeRef()),
  }),
  ports: ({ when }) => [...when.map((_, index) => `when:${index}`), 'otherwise'],
  noNext: true,
  compile: ({ config }) => ({
    activity: { kind: 'choose', when: config.when.map((option) => option.if) },
    exits: {
      ...Object.fromEntries(config.when.map((option, index) => [`when:${index}`, option.next])),
      ...(config.otherwise === undefined ? {} : { otherwise: config.otherwise }),
    },
  }),
});
