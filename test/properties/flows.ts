import type { JsonObject } from '@heddle/engine/errors';
import fc from 'fast-check';

/** A flow as the generators make it: blocks in sequence, each with one way in and one way out, and what may go wrong. */
export type Block =
  | CallBlock
  | { readonly kind: 'wait' | 'event' | 'set'; readonly id: string }
  | { readonly kind: 'subflow'; readonly id: string; readonly handled: boolean }
  | ChoiceBlock
  | LoopBlock
  | ParallelBlock
  | ForEachBlock
  | TryBlock;

export interface CallBlock {
  readonly kind: 'call';
  readonly id: string;
  /** Declares `compensate`. */
  readonly undo: boolean;
  /** Is tried twice. */
  readonly retry: boolean;
  /** An error goes on with the next block. */
  readonly handled: boolean;
}

export interface ChoiceBlock {
  readonly kind: 'choice';
  readonly id: string;
  readonly flag: number;
  readonly left: readonly Block[];
  readonly right: readonly Block[];
  /** How the left side ends, if not by going on. */
  readonly stop?: 'fail' | 'end' | 'end-flow';
}

/** The call and the rest are repeated as long as the call answers `again`. */
export interface LoopBlock {
  readonly kind: 'loop';
  readonly id: string;
  readonly call: CallBlock;
  readonly rest: readonly Block[];
}

export interface ParallelBlock {
  readonly kind: 'parallel';
  readonly id: string;
  readonly branches: readonly { readonly blocks: readonly Block[]; readonly flag?: number }[];
  readonly need: 'all' | 'any' | number;
  readonly losers: 'cancel' | 'absorb';
  readonly handled: boolean;
}

export interface ForEachBlock {
  readonly kind: 'forEach';
  readonly id: string;
  readonly count: number;
  readonly concurrency: number;
  readonly need: 'all' | 'any' | number;
  readonly losers: 'cancel' | 'absorb';
  readonly collect: boolean;
  readonly handled: boolean;
  readonly blocks: readonly Block[];
}

export interface TryBlock {
  readonly kind: 'try';
  readonly id: string;
  readonly saga: boolean;
  readonly handled: boolean;
  readonly blocks: readonly Block[];
}

export const FLAGS = 4;

const id = fc.constant('');
const flag = fc.nat(FLAGS - 1);
const losers = fc.constantFrom('cancel' as const, 'absorb' as const);
const need = (most: number) =>
  fc.oneof(fc.constantFrom('all' as const, 'any' as const), fc.integer({ min: 1, max: most }));

const call: fc.Arbitrary<CallBlock> = fc.record({
  kind: fc.constant('call' as const),
  id,
  undo: fc.boolean(),
  retry: fc.boolean(),
  handled: fc.boolean(),
});
const subflow = fc.record({ kind: fc.constant('subflow' as const), id, handled: fc.boolean() });
const plain = (...kinds: ('wait' | 'event' | 'set')[]) => fc.record({ kind: fc.constantFrom(...kinds), id });

/** Signals go to the first who waits, so only places that are reached once may wait for one. */
function leaf(once: boolean): fc.Arbitrary<Block> {
  return fc.oneof({ weight: 4, arbitrary: call }, once ? plain('wait', 'event', 'set') : plain('wait', 'set'), subflow);
}

function blocks(depth: number, once: boolean, minLength = 1): fc.Arbitrary<Block[]> {
  return fc.array(block(depth, once), { minLength, maxLength: 3 });
}

/** Branches and items begin with a call, so that not two of them move in one event. */
const begun = (depth: number, once: boolean): fc.Arbitrary<Block[]> =>
  fc.tuple(call, blocks(depth, once, 0)).map(([first, rest]) => [first, ...rest]);

function block(depth: number, once: boolean): fc.Arbitrary<Block> {
  if (depth === 0) return leaf(once);
  const choice = fc.record(
    {
      kind: fc.constant('choice' as const),
      id,
      flag,
      left: blocks(depth - 1, once, 0),
      right: blocks(depth - 1, once, 0),
      stop: fc.constantFrom('fail' as const, 'end' as const, 'end-flow' as const),
    },
    { requiredKeys: ['kind', 'id', 'flag', 'left', 'right'] },
  );
  const loop = fc.record({ kind: fc.constant('loop' as const), id, call, rest: blocks(depth - 1, false, 0) });
  const branch = fc.record({ blocks: begun(depth - 1, once), flag }, { requiredKeys: ['blocks'] });
  const parallel = fc.array(branch, { minLength: 1, maxLength: 3 }).chain((branches) =>
    fc.record({
      kind: fc.constant('parallel' as const),
      id,
      branches: fc.constant(branches),
      need: need(branches.length),
      losers,
      handled: fc.boolean(),
    }),
  );
  const forEach = fc.record({
    kind: fc.constant('forEach' as const),
    id,
    count: fc.nat(4),
    concurrency: fc.integer({ min: 1, max: 3 }),
    need: need(3),
    losers,
    collect: fc.boolean(),
    handled: fc.boolean(),
    blocks: begun(depth - 1, false),
  });
  const region = fc.record({
    kind: fc.constant('try' as const),
    id,
    saga: fc.boolean(),
    handled: fc.boolean(),
    blocks: blocks(depth - 1, once),
  });
  return fc.oneof(leaf(once), choice, loop, parallel, forEach, region);
}

/** Random flows, nested to depth 3. */
export const flows: fc.Arbitrary<readonly Block[]> = blocks(3, true).map((made) => numbered(made, { next: 0 }));

/** Gives every block an id of its own. */
function numbered(list: readonly Block[], counter: { next: number }): Block[] {
  const fresh = () => {
    counter.next += 1;
    return `n${counter.next}`;
  };
  const inside = (inner: readonly Block[]) => numbered(inner, counter);
  return list.map((one): Block => {
    const own = { id: fresh() };
    switch (one.kind) {
      case 'choice':
        return { ...one, ...own, left: inside(one.left), right: inside(one.right) };
      case 'loop':
        return { ...one, ...own, call: { ...one.call, id: fresh() }, rest: inside(one.rest) };
      case 'parallel':
        return {
          ...one,
          ...own,
          branches: one.branches.map((branch) => ({ ...branch, blocks: inside(branch.blocks) })),
        };
      case 'forEach':
      case 'try':
        return { ...one, ...own, blocks: inside(one.blocks) };
      default:
        return { ...one, ...own };
    }
  });
}

/** The scope that stands in the document. Its last node is a `set`, so that every error route has somewhere to lead. */
function scopeFor(list: readonly Block[], name: string): JsonObject {
  const nodes: Record<string, JsonObject> = {};
  const last = `z-${name}`;
  const start = chain(list, last, nodes);
  nodes[last] = { type: 'set', values: { done: true } };
  return { start, nodes };
}

function chain(list: readonly Block[], next: string, nodes: Record<string, JsonObject>): string {
  return list.reduceRight((after, one) => place(one, after, nodes), next);
}

const isSet = (flagNumber: number) => ({ var: `input.f${flagNumber}` });
const stops = {
  fail: { type: 'fail', code: 'STOP' },
  end: { type: 'end' },
  'end-flow': { type: 'end', scope: 'flow' },
};

/** Writes a block's nodes and returns the id of the first. */
function place(one: Block, next: string, nodes: Record<string, JsonObject>): string {
  const routed = 'handled' in one && one.handled ? { onError: [{ code: '*', next }] } : {};
  switch (one.kind) {
    case 'call':
      nodes[one.id] = callNode(one, next, next);
      break;
    case 'wait':
      nodes[one.id] = { type: 'wait', for: '1m', next };
      break;
    case 'event':
      nodes[one.id] = { type: 'event', name: one.id, next };
      break;
    case 'set':
      nodes[one.id] = { type: 'set', values: { [one.id]: 1 }, next };
      break;
    case 'subflow':
      nodes[one.id] = { type: 'subflow', flow: 'child', next, ...routed };
      break;
    case 'choice': {
      let after = next;
      if (one.stop) {
        after = `s-${one.id}`;
        nodes[after] = stops[one.stop];
      }
      const left = chain(one.left, after, nodes);
      nodes[one.id] = {
        type: 'choice',
        when: [{ if: isSet(one.flag), next: left }],
        otherwise: chain(one.right, next, nodes),
      };
      break;
    }
    case 'loop': {
      const again = { '==': [{ var: [`steps.${one.call.id}`, null] }, 'again'] };
      nodes[one.id] = { type: 'choice', when: [{ if: again, next: one.call.id }], otherwise: next };
      nodes[one.call.id] = callNode(one.call, chain(one.rest, one.id, nodes), next);
      return one.call.id;
    }
    case 'parallel': {
      const branches = one.branches.map((branch, index) => [
        `b${index}`,
        {
          ...scopeFor(branch.blocks, `${one.id}-${index}`),
          ...(branch.flag === undefined ? {} : { if: isSet(branch.flag) }),
        },
      ]);
      nodes[one.id] = {
        type: 'parallel',
        branches: Object.fromEntries(branches),
        need: one.need,
        losers: one.losers,
        next,
        ...routed,
      };
      break;
    }
    case 'forEach':
      nodes[one.id] = {
        type: 'forEach',
        items: Array.from({ length: one.count }, (_, index) => index),
        do: scopeFor(one.blocks, one.id),
        concurrency: one.concurrency,
        need: one.need,
        losers: one.losers,
        onItemError: one.collect ? 'collect' : 'fail',
        next,
        ...routed,
      };
      break;
    case 'try':
      nodes[one.id] = {
        type: 'try',
        do: scopeFor(one.blocks, one.id),
        saga: one.saga,
        next,
        ...(one.handled ? { catch: [{ code: '*', next }] } : {}),
      };
  }
  return one.id;
}

const callNode = (one: CallBlock, next: string, onError: string): JsonObject => ({
  type: 'call',
  service: 'bank',
  operation: one.id,
  next,
  ...(one.undo ? { compensate: { operation: `un-${one.id}`, input: { of: { $: { var: 'event.effectId' } } } } } : {}),
  ...(one.retry ? { retry: { attempts: 2, delay: '1s' } } : {}),
  ...(one.handled ? { onError: [{ code: '*', next: onError }] } : {}),
});

/** The whole document. */
export const documentFor = (list: readonly Block[]): JsonObject => ({ id: 'random', ...scopeFor(list, 'root') });
