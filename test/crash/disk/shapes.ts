import type { Json } from '@heddle/engine/errors';

/** Something that happens to a run from outside, once, under an id of its own. */
export interface Happening {
  readonly kind: 'signal' | 'publish';
  readonly name: string;
  /** `early`: before the run can have come to wait for it. */
  readonly when: 'early' | 'late';
}

/** A flow with what the model says of its runs: how they end and which calls they make, whatever the disk does. */
export interface Shape {
  readonly flows: readonly Json[];
  readonly flowId: string;
  readonly status: 'completed' | 'compensated';
  /** The keys of all calls without the run's id before them: exactly these are made, each at least once. */
  readonly calls: readonly string[];
  readonly happenings: readonly Happening[];
}

/** The operation that is always refused. */
export const REFUSED = 'refused';

const call = (operation: string, extra: object = {}) => ({ type: 'call', service: 'witness', operation, ...extra });
const undone = (operation: string, extra: object = {}) =>
  call(operation, { compensate: { operation: `${operation}-undo` }, ...extra });

const sequence: Shape = {
  flowId: 'sequence',
  flows: [
    {
      id: 'sequence',
      start: 'one',
      nodes: { one: call('one', { next: 'two' }), two: call('two', { next: 'three' }), three: call('three') },
    },
  ],
  status: 'completed',
  calls: [':/one#1', ':/two#1', ':/three#1'],
  happenings: [],
};

const fan: Shape = {
  flowId: 'fan',
  flows: [
    {
      id: 'fan',
      start: 'both',
      nodes: {
        both: {
          type: 'parallel',
          branches: {
            left: { start: 'a', nodes: { a: call('a') } },
            right: { start: 'b', nodes: { b: call('b', { next: 'c' }), c: call('c') } },
          },
          next: 'each',
        },
        each: {
          type: 'forEach',
          items: [1, 2, 3],
          concurrency: 2,
          do: { start: 'item', nodes: { item: call('item', { input: { n: { $: { var: 'item' } } } }) } },
        },
      },
    },
  ],
  status: 'completed',
  calls: [
    ':/both/left/a#1',
    ':/both/right/b#1',
    ':/both/right/c#1',
    ':/each[0]/item#1',
    ':/each[1]/item#1',
    ':/each[2]/item#1',
  ],
  happenings: [],
};

const saga: Shape = {
  flowId: 'saga',
  flows: [
    {
      id: 'saga',
      start: 'hold',
      nodes: {
        hold: undone('hold', { next: 'both' }),
        both: {
          type: 'parallel',
          branches: {
            left: { start: 'debit', nodes: { debit: undone('debit') } },
            right: { start: 'credit', nodes: { credit: undone('credit') } },
          },
          next: 'last',
        },
        last: call(REFUSED),
      },
    },
  ],
  status: 'compensated',
  calls: [
    ':/hold#1',
    ':/both/left/debit#1',
    ':/both/right/credit#1',
    ':/last#1',
    ':/both/left/debit#1~undo',
    ':/both/right/credit#1~undo',
    ':/hold#1~undo',
  ],
  happenings: [],
};

const waits: Shape = {
  flowId: 'waits',
  flows: [
    {
      id: 'waits',
      start: 'pause',
      nodes: {
        pause: { type: 'wait', for: '15ms', next: 'first' },
        first: { type: 'event', name: 'early', buffer: 'forever', next: 'work' },
        work: call('work', { next: 'second' }),
        second: { type: 'event', name: 'late', buffer: 'forever', next: 'rest' },
        rest: { type: 'wait', for: '5ms', next: 'end' },
        end: call('last'),
      },
    },
  ],
  status: 'completed',
  calls: [':/work#1', ':/end#1'],
  happenings: [
    { kind: 'signal', name: 'early', when: 'early' },
    { kind: 'signal', name: 'late', when: 'late' },
  ],
};

const byRun = { $: { var: 'input.reference' } };
const published: Shape = {
  flowId: 'published',
  flows: [
    {
      id: 'published',
      start: 'first',
      nodes: {
        first: { type: 'event', name: 'kept', correlation: byRun, next: 'work' },
        work: call('work', { next: 'second' }),
        second: { type: 'event', name: 'delivered', correlation: byRun, next: 'end' },
        end: call('last'),
      },
    },
  ],
  status: 'completed',
  calls: [':/work#1', ':/end#1'],
  happenings: [
    { kind: 'publish', name: 'kept', when: 'early' },
    { kind: 'publish', name: 'delivered', when: 'late' },
  ],
};

const family: Shape = {
  flowId: 'parent',
  flows: [
    {
      id: 'child',
      start: 'pause',
      nodes: { pause: { type: 'wait', for: '5ms', next: 'inner' }, inner: call('inner') },
    },
    {
      id: 'parent',
      start: 'before',
      nodes: {
        before: call('before', { next: 'sub' }),
        sub: { type: 'subflow', flow: 'child', next: 'after' },
        after: call('after'),
      },
    },
  ],
  status: 'completed',
  calls: [':/before#1', '~1:/inner#1', ':/after#1'],
  happenings: [],
};

export const shapes: { readonly [name: string]: Shape } = { sequence, fan, saga, waits, published, family };
