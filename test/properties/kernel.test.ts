import { compile } from '@heddle/engine/compile/index';
import { parse } from '@heddle/engine/definition/index';
import { Rehearsal } from '@heddle/engine/kernel/fixture';
import { isFinal, replay } from '@heddle/engine/kernel/index';
import { nodeTypes } from '@heddle/engine/nodes/index';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { documentFor, FLAGS, flows } from './flows.ts';
import { expected } from './model.ts';
import { acts, happen, type Story } from './random-run.ts';

/** How many random runs per property; more by the environment variable PROPERTY_RUNS, for instance 20000 overnight. */
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 400);
/** A run that has not ended after so many good answers never will. */
const PATIENCE = 2_000;

const flagsOf = fc.array(fc.boolean(), { minLength: FLAGS, maxLength: FLAGS });
const inputOf = (flags: readonly boolean[]) => Object.fromEntries(flags.map((flag, index) => [`f${index}`, flag]));
const prototype = Object.getOwnPropertyNames(Object.prototype).join();

/** A run that agrees with the model about what it waits for and how it ends. */
function agree(run: Rehearsal, story: Story, blocks: Parameters<typeof expected>[0], flags: readonly boolean[]): void {
  const want = expected(blocks, flags, story.log, story.cancelledAt);
  const open = new Set(run.waits());
  for (const group of want.oneOf) {
    const found = group.filter((id) => open.has(id));
    expect(found, `one of ${group.join()} is to be undone now`).toHaveLength(1);
    for (const id of found) open.delete(id);
  }
  expect([...open].sort()).toEqual([...want.open].sort());
  expect(isFinal(run.run.status) ? run.run.status : 'active').toBe(want.status);
}

test('random runs of random flows do what the model says, whatever happens and in whatever order', {
  timeout: 60_000 + numRuns * 100,
}, () => {
  fc.assert(
    fc.property(flows, flagsOf, acts, (blocks, flags, script) => {
      const parsed = parse(documentFor(blocks), nodeTypes);
      if (!parsed.ok) throw new Error(`the soundness check refuses a sound flow: ${JSON.stringify(parsed.problems)}`);
      const run = new Rehearsal(compile(parsed.flow), { input: inputOf(flags) });
      const story: Story = { log: [] };
      agree(run, story, blocks, flags);
      for (const act of script) {
        if (isFinal(run.run.status)) break;
        happen(run, story, act);
        agree(run, story, blocks, flags);
      }
      for (let round = 0; !isFinal(run.run.status); round += 1) {
        if (round > PATIENCE) throw new Error(`still ${run.run.status} after ${PATIENCE} answers`);
        if (run.open.size === 0) throw new Error(`${run.run.status}, and nothing can happen any more`);
        happen(run, story, { pick: 0, what: 'ok' });
        agree(run, story, blocks, flags);
      }
      expect(run.waits()).toEqual([]);

      const entered = run.history('entered', 'chose');
      expect(new Set(entered).size, 'every visit has an id of its own').toBe(entered.length);
      const undone = run.history('undone');
      expect(new Set(undone).size, 'nothing is undone twice').toBe(undone.length);

      const again = replay(run.program, { start: run.start, events: run.events });
      expect(JSON.stringify(again)).toBe(JSON.stringify({ run: run.run, notes: run.notes, effects: run.effects }));
      expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(prototype);
    }),
    { numRuns },
  );
});
