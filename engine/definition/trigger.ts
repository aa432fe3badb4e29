import Type, { type Static } from 'typebox';
import type { Json, JsonObject } from '../errors.ts';
import { Duration, Value } from './fields.ts';

export const HttpTrigger = Type.Object(
  {
    type: Type.Literal('http'),
    method: Type.Enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
    path: Type.String({
      pattern: '^/[A-Za-z0-9/_{}.-]*$',
      maxLength: 200,
      description: 'Served under /open; `{name}` segments become members of the input',
    }),
    wait: Type.Optional(
      Duration({ default: '30s', description: 'How long the caller waits for the result before 202' }),
    ),
  },
  { additionalProperties: false },
);
export type HttpTrigger = Static<typeof HttpTrigger>;

/** Reads messages of a broker: each starts a run, or with `signal` reaches one that waits. */
export const MessageTrigger = Type.Object(
  {
    type: Type.Literal('message'),
    service: Type.String({
      minLength: 1,
      maxLength: 64,
      description: 'The broker, as a registered service',
      'x-widget': 'broker',
    }),
    source: Type.Unsafe<JsonObject>(
      Type.Object(
        {},
        { description: 'What to read, in the connector’s words: queue, stream, topic, group', 'x-widget': 'source' },
      ),
    ),
    input: Type.Optional(
      Value({
        description: 'The input of the run, or the payload of the signal, over `event`; default: the payload',
        default: { $: { var: 'event.payload' } },
      }),
    ),
    id: Type.Optional(
      Value({ description: 'What tells a message sent twice from two messages, over `event`; default: its own id' }),
    ),
    signal: Type.Optional(
      Type.Object(
        {
          name: Type.String({ minLength: 1, maxLength: 200, description: 'Of the event that runs wait for' }),
          correlation: Type.Optional(Value({ description: 'Which run it is for, over `event`' })),
        },
        { additionalProperties: false, description: 'Reach a run that waits instead of starting one' },
      ),
    ),
    prefetch: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000, default: 16, description: 'Messages in hand at a time' }),
    ),
  },
  { additionalProperties: false },
);
export type MessageTrigger = Omit<Static<typeof MessageTrigger>, 'source'> & { readonly source: JsonObject };

/** Every kind of trigger, by its `type`. */
export const triggerShapes = { http: HttpTrigger, message: MessageTrigger };

export const Trigger = Type.Union([HttpTrigger, MessageTrigger]);
export type Trigger = HttpTrigger | MessageTrigger;

/** The parts of a message trigger that are values over `event`, where it has them. */
export function eventValues(trigger: JsonObject): readonly (readonly [path: string, value: Json])[] {
  const signal = trigger['signal'] as JsonObject | undefined;
  const parts: readonly (readonly [string, Json | undefined])[] = [
    ['/input', trigger['input']],
    ['/id', trigger['id']],
    ['/signal/correlation', signal?.['correlation']],
  ];
  return parts.flatMap(([path, value]) => (value === undefined ? [] : [[path, value] as const]));
}
