import fc from 'fast-check';
import { expect, test } from 'vitest';
import { getInitialSnapshot, getNextSnapshot } from 'xstate';
import { interpret, scopeMachine, tabulate } from './machine.ts';
import { END, type State } from './program.ts';

const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
const ports = ['next', 'error:0', 'when:0', 'when:1', 'otherwise'];

/** A scope of up to six nodes with arbitrary exits, choices among them; cycles of choices included. */
const scopes = fc
  .array(
    fc.record({ choice: fc.boolean(), exits: fc.dictionary(fc.constantFrom(...ports), fc.constantFrom(...ids, END)) }),
    { minLength: 6, maxLength: 6 },
  )
  .map((nodes) =>
    Object.fromEntries(
      nodes.map(({ choice, exits }, index): [string, State] => {
        const id = ids[index] ?? 'a';
        const activity: State['activity'] = choice ? { kind: 'choose', when: [] } : { kind: 'assign', values: {} };
        // A choice that leads to itself would spin, which the soundness check refuses and XState leaves at rest.
        const kept = Object.fromEntries(Object.entries(exits).filter(([, target]) => !(choice && target === id)));
        return [id, { id, type: choice ? 'choice' : 'set', activity, exits: kept, routes: [] }];
      }),
    ),
  );

/** Like the kernel: one decision per node and move. */
const decider = (decisions: Readonly<Record<string, string>>) => (nodeId: string) => decisions[nodeId] ?? 'otherwise';

const outcome = (work: () => unknown) => {
  try {
    return work();
  } catch {
    return 'endless';
  }
};

test('tables read from an XState machine make the moves that XState makes', () => {
  fc.assert(
    fc.property(
      scopes,
      fc.array(fc.tuple(fc.constantFrom(...ports), fc.dictionary(fc.constantFrom(...ids), fc.constantFrom(...ports))), {
        maxLength: 8,
      }),
      (states, moves) => {
        const machine = scopeMachine('a', states);
        const authority = interpret(machine);
        const table = tabulate(machine);
        let state = 'a';
        const first = moves[0]?.[1] ?? {};
        expect(outcome(() => table.start(decider(first)))).toEqual(outcome(() => authority.start(decider(first))));
        for (const [port, decisions] of moves) {
          // The kernel leaves a choice that could not decide only by an error route.
          const current = states[state];
          if (state === END || (current?.type === 'choice' && !(port === 'error:0' && current.exits[port]))) return;
          const expected = outcome(() => authority.leave(state, port, decider(decisions)));
          expect(outcome(() => table.leave(state, port, decider(decisions)))).toEqual(expected);
          if (expected === 'endless') return;
          state = (expected as { state: string }).state;
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('stepping with a reused actor scope is the same as XState’s exported functions', () => {
  const states: Record<string, State> = {
    a: { id: 'a', type: 'set', activity: { kind: 'assign', values: {} }, exits: { next: 'b' }, routes: [] },
    b: {
      id: 'b',
      type: 'choice',
      activity: { kind: 'choose', when: [] },
      exits: { 'when:0': 'c', otherwise: END },
      routes: [],
    },
    c: { id: 'c', type: 'set', activity: { kind: 'assign', values: {} }, exits: { next: END }, routes: [] },
  };
  const machine = scopeMachine('a', states);
  for (const port of ['when:0', 'otherwise']) {
    const decide = () => port;
    const initial = getInitialSnapshot(machine, decide as never);
    const next = getNextSnapshot(machine, initial, { type: 'leave', port: 'next', decide } as never);
    expect(interpret(machine).leave('a', 'next', decide).state).toBe(next.value);
  }
});
