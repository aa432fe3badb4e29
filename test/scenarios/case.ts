import { FaultPlan } from '@heddle/flows/bank/faults/fault';
import Type, { type Static } from 'typebox';

/**
 * One line of a flow's `cases.json`: what goes in, how the services behave, what people and networks answer on the way,
 * and what must have become of the run and of the books. It says nothing of how the engine works, so every runtime has
 * to pass the same cases.
 */

const closed = { additionalProperties: false };
const NodeId = Type.String({ pattern: '^[a-z][a-zA-Z0-9-]*$' });
const Input = Type.Record(Type.String(), Type.Unknown());
const Subset = Type.Unknown({ description: 'Members that must be there; lists are compared element by element' });

const stepStates = ['running', 'retrying', 'asking', 'incident', 'undoing'] as const;

/** Given once the run is at a node. */
const Answer = Type.Object(
  {
    at: NodeId,
    is: Type.Optional(
      Type.Enum([...stepStates], { description: 'What its step does there; default: anything but rest' }),
    ),
    task: Type.Optional(
      Type.Object({ action: Type.String(), by: Type.String(), data: Type.Optional(Type.Unknown()) }, closed),
    ),
    signal: Type.Optional(
      Type.Object(
        {
          name: Type.String(),
          payload: Type.Unknown(),
          correlation: Type.Optional(Type.String({ description: '`{run}` stands for the run’s id' })),
        },
        closed,
      ),
    ),
    advance: Type.Optional(Type.String({ description: 'The engine’s and the bank’s clock go on by this duration' })),
    heal: Type.Optional(Type.Literal(true, { description: 'All faults end' })),
    call: Type.Optional(
      Type.Object(
        { operation: Type.String({ description: 'service.operation' }), input: Input },
        { ...closed, description: 'Somebody else calls the bank, for instance the customer who signs' },
      ),
    ),
    cancel: Type.Optional(Type.String({ description: 'The reason' })),
    decide: Type.Optional(
      Type.Object(
        { decision: Type.Enum(['retry', 'succeeded', 'failed']), output: Type.Optional(Type.Unknown()) },
        { ...closed, description: 'What an operator says of an incident' },
      ),
    ),
  },
  { ...closed, minProperties: 2, maxProperties: 3 },
);

const Ledger = Type.Object(
  {
    unchanged: Type.Optional(Type.Literal(true, { description: 'No account of the bank or of the input has moved' })),
    changes: Type.Optional(
      Type.Record(Type.String(), Type.String({ description: 'Yuan that the account gained, or lost with a minus' })),
    ),
    openHolds: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
    openBreaks: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
    reversals: Type.Optional(Type.Integer({ minimum: 0, description: 'Entries of kind reverse' })),
  },
  closed,
);

const Expectation = Type.Object(
  {
    status: Type.String({ description: 'Of the run; `refused` when none was started' }),
    httpStatus: Type.Optional(Type.Integer({ description: 'Of the answer to the start' })),
    outcome: Type.Optional(Type.String()),
    output: Type.Optional(Subset),
    error: Type.Optional(Type.Object({ code: Type.String(), node: Type.Optional(NodeId) }, closed)),
    path: Type.Optional(Type.Array(NodeId, { description: 'Nodes that were reached, in this order; not all of them' })),
    never: Type.Optional(Type.Array(NodeId, { description: 'Nodes that were not reached' })),
    undone: Type.Optional(Type.Array(NodeId, { description: 'All nodes that were undone, in this order' })),
    calls: Type.Optional(Type.Record(Type.String(), Type.Integer({ description: 'Calls that the bank saw' }))),
    bank: Type.Optional(
      Type.Array(Type.Object({ ask: Type.String(), input: Input, answer: Subset }, closed), {
        description: 'What the bank says when asked afterwards; `{run}` stands for the run’s id',
      }),
    ),
    ledger: Type.Optional(Ledger),
    withinMs: Type.Optional(Type.Integer({ description: 'For the answer to the start' })),
  },
  closed,
);

export const Case = Type.Object(
  {
    name: Type.Object({ en: Type.String(), zh: Type.Optional(Type.String()) }, closed),
    /** Takes long: run only when SLOW=1. */
    slow: Type.Optional(Type.Literal(true)),
    at: Type.Optional(
      Type.String({
        pattern: '^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [0-2][0-9]:[0-5][0-9]$',
        description: 'When it starts, by the Chinese wall clock; needs a clock that can be set',
      }),
    ),
    input: Input,
    faults: Type.Optional(FaultPlan),
    latency: Type.Optional(Type.Record(Type.String(), Type.Integer())),
    twice: Type.Optional(Type.Literal(true, { description: 'The same request again must give the same run' })),
    answers: Type.Optional(Type.Array(Answer)),
    expect: Expectation,
  },
  closed,
);

export type Case = Static<typeof Case>;
export type Answer = Static<typeof Answer>;
export type Expectation = Static<typeof Expectation>;

/** Whether a case can be run only where time can be set: skip it elsewhere. */
export const needsClock = ({ at, answers = [] }: Case): boolean =>
  at !== undefined || answers.some(({ advance }) => advance !== undefined);
