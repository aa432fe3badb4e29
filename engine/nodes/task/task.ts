import Type from 'typebox';
import { Duration, Text, Value } from '../../definition/index.ts';
import { defineNode } from '../node-type.ts';
import { durationMs } from '../retry.ts';

const names = { type: 'array', items: { type: 'string' } };

const Action = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][a-zA-Z0-9-]*$', maxLength: 64 }),
    title: Type.Optional(Text),
    need: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100,
        description:
          'People who must choose this action; default: the task’s `need` for the first action, 1 for others',
      }),
    ),
  },
  { additionalProperties: false },
);

/**
 * Asks people. It ends by the first action that enough different people have chosen (会签: `need` above 1, 或签: 1); its
 * output is `{ action, data, by, responses }`. Everyone answers once. After `due` it fails with `TASK_EXPIRED`.
 */
export const task = defineNode({
  label: {
    title: { en: 'Human task', zh: '人工任务' },
    description: { en: 'Asks people to decide or to fill in a form', zh: '由人员审批或填写表单' },
    group: 'people',
  },
  config: Type.Object({
    form: Type.Optional(Value({ description: 'JSON Schema of the data to be given', 'x-widget': 'schema' })),
    data: Type.Optional(Value({ description: 'What the people see', 'x-value': { type: 'object' } })),
    assignees: Type.Optional(Value({ description: 'User ids', 'x-value': names })),
    groups: Type.Optional(Value({ description: 'Group ids', 'x-value': names })),
    need: Type.Optional(Type.Union([Type.Literal('all'), Type.Integer({ minimum: 1, maximum: 100 })], { default: 1 })),
    actions: Type.Optional(Type.Array(Action, { minItems: 1, maxItems: 20 })),
    due: Type.Optional(Duration()),
  }),
  ports: () => ['next'],
  acts: true,
  durableOnly: true,
  check: (config) => {
    if (config.need === 'all' && config.assignees === undefined)
      return [{ pointer: '/need', code: 'need', message: '`all` needs `assignees`, so that it is known who all are' }];
    if (
      typeof config.need === 'number' &&
      Array.isArray(config.assignees) &&
      config.groups === undefined &&
      config.need > config.assignees.length
    ) {
      return [
        {
          pointer: '/need',
          code: 'need',
          message: `can never be met: ${config.need} of ${config.assignees.length} assignees`,
        },
      ];
    }
    return [];
  },
  compile: ({ id, config }) => {
    const { title } = config as { title?: Text };
    return {
      activity: {
        kind: 'task',
        task: {
          title: title ?? id,
          need: config.need ?? 1,
          actions: config.actions ?? [{ id: 'done' }],
          ...(config.form === undefined ? {} : { form: config.form }),
          ...(config.data === undefined ? {} : { data: config.data }),
          ...(config.assignees === undefined ? {} : { assignees: config.assignees }),
          ...(config.groups === undefined ? {} : { groups: config.groups }),
          ...(config.due === undefined ? {} : { dueMs: durationMs(config.due) }),
        },
      },
    };
  },
});
