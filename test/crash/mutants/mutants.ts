/** A fault put into a copy of the sources on purpose, to see that a test finds it. */
export interface Mutant {
  readonly name: string;
  /** What the engine does wrong with it. */
  readonly fault: string;
  /** Each text stands in its file exactly once. */
  readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
  /** The test file that must fail. */
  readonly caughtBy: string;
  /** The test runs what is built. */
  readonly isBuilt?: boolean;
}

const simulation = 'test/simulation/simulation.test.ts';
const signals = 'engine/kernel/signals.test.ts';
const active = 'engine/runtime/embedded/active-runs.ts';
const writer = 'engine/store/sqlite/writer.ts';

export const mutants: readonly Mutant[] = [
  {
    name: 'acknowledged-before-commit',
    fault: 'a start is answered before its commit is on disk',
    edits: [{ file: active, find: 'await appended;', replace: 'appended.catch(() => {});' }],
    caughtBy: simulation,
  },
  {
    name: 'effect-before-commit',
    fault: 'effects are performed before the step that asks for them is on disk',
    edits: [
      {
        file: active,
        find: 'if (ops.length > 0) await journal.append(ops);',
        replace:
          'this.options.committed({ ...active, run }, effects, false);\n    if (ops.length > 0) await journal.append(ops);',
      },
    ],
    caughtBy: simulation,
  },
  {
    name: 'not-synchronised',
    fault: 'commits are not synchronised to disk',
    edits: [
      { file: writer, find: 'PRAGMA synchronous=FULL;', replace: 'PRAGMA synchronous=NORMAL;' },
      { file: writer, find: 'if (synchronous !== FULL)', replace: 'if (synchronous > FULL)' },
    ],
    caughtBy: 'test/crash/disk/power-cut.test.ts',
    isBuilt: true,
  },
  {
    name: 'no-key',
    fault: 'calls carry no idempotency key',
    edits: [
      {
        file: 'engine/runtime/perform.ts',
        find: 'idempotencyKey: idempotencyKey(context.runId, effect.id),',
        replace: "idempotencyKey: '',",
      },
    ],
    caughtBy: simulation,
  },
  {
    name: 'key-of-each-attempt',
    fault: 'a call that is made again has another key',
    edits: [
      {
        file: 'engine/runtime/perform.ts',
        find: 'idempotencyKey: idempotencyKey(context.runId, effect.id),',
        replace: 'idempotencyKey: idempotencyKey(context.runId, `$' + '{effect.id}.$' + '{effect.attempt}`),',
      },
    ],
    caughtBy: simulation,
  },
  {
    name: 'two-transactions',
    fault: 'an event and what has to be done next are committed apart',
    edits: [
      {
        file: active,
        find: 'if (ops.length > 0) await journal.append(ops);',
        replace:
          'if (lines.length > 0) await journal.append(lines);\n    if (ops.length > lines.length) await journal.append(ops.slice(lines.length));',
      },
    ],
    caughtBy: simulation,
  },
  {
    name: 'lost-timer',
    fault: 'timers that were set before a restart are forgotten',
    edits: [
      {
        file: 'engine/runtime/embedded/timers.ts',
        find: 'const rows = await this.options.load(before, LOAD_LIMIT);',
        replace: 'const rows = (await this.options.load(before, LOAD_LIMIT)).slice(0, 0);',
      },
    ],
    caughtBy: simulation,
  },
  {
    name: 'early-timer',
    fault: 'timers fire five seconds early',
    edits: [
      {
        file: 'engine/runtime/embedded/timers.ts',
        find: 'top !== undefined && top.dueAt <= now;',
        replace: 'top !== undefined && top.dueAt <= now + 5_000;',
      },
    ],
    caughtBy: simulation,
  },
  {
    name: 'undone-first-to-last',
    fault: 'what was done is undone in the order in which it was done',
    edits: [
      {
        file: 'engine/kernel/saga.ts',
        find: 'd.run.undo.findLast(({ id }) => id.startsWith(saga.prefix));',
        replace: 'd.run.undo.find(({ id }) => id.startsWith(saga.prefix));',
      },
    ],
    caughtBy: simulation,
  },
  {
    name: 'not-recovered',
    fault: 'steps that were in flight at a crash are not performed again',
    edits: [
      {
        file: 'engine/runtime/embedded/embedded.ts',
        find: 'for (const runId of await this.records.busyRuns()) await this.runs.recover(runId);',
        replace: '',
      },
    ],
    caughtBy: simulation,
  },
  {
    name: 'forgotten-key',
    fault: 'the key of a request is not stored',
    edits: [
      {
        file: 'engine/runtime/embedded/journal.ts',
        find: "if (dedupe) ops.push(op('request',",
        replace: "if (dedupe && run.depth > 0) ops.push(op('request',",
      },
    ],
    caughtBy: simulation,
  },
  {
    name: 'end-forgotten-after-refusal',
    fault: 'what a refused write asked for that is on disk all the same is never performed',
    edits: [
      {
        file: active,
        find: 'if (effects.length > 0) this.options.committed(active, effects, false);',
        replace: '',
      },
    ],
    caughtBy: simulation,
  },
  {
    name: 'unknown-is-failure',
    fault: 'a call whose outcome is unknown counts as one that did not act',
    edits: [
      {
        file: 'engine/kernel/calls.ts',
        find: 'const unknown = call.unknown || failure.mayHaveActed;',
        replace: 'const { unknown } = call;',
      },
    ],
    caughtBy: simulation,
  },
  {
    name: 'retries-everything',
    fault: 'an error that says that trying again does not help is tried again',
    edits: [
      {
        file: 'engine/kernel/calls.ts',
        find: 'return failure.retryable || failure.mayHaveActed;',
        replace: 'return true;',
      },
    ],
    caughtBy: simulation,
  },
  {
    name: 'dropped-early-signal',
    fault: 'a signal that comes before its step is lost',
    edits: [
      {
        file: 'engine/kernel/inbound.ts',
        find: 'd.run.signals = [...d.run.signals, signal];',
        replace: 'void signal;',
      },
    ],
    caughtBy: signals,
  },
  {
    name: 'signal-twice',
    fault: 'a signal that comes again under its id counts again',
    edits: [
      {
        file: 'engine/kernel/inbound.ts',
        find: "if (d.run.seen.includes(event.dedupeId)) return 'duplicate';",
        replace: '',
      },
    ],
    caughtBy: signals,
  },
  {
    name: 'no-fence',
    fault: 'an engine that was overtaken goes on writing',
    edits: [{ file: writer, find: '      this.checkEpoch();\n', replace: '' }],
    caughtBy: 'engine/store/sqlite/sqlite.test.ts',
  },
  {
    name: 'no-admission',
    fault: 'starts beyond the limit are accepted',
    edits: [{ file: 'engine/runtime/embedded/embedded.ts', find: '    this.admit(request, program);\n', replace: '' }],
    caughtBy: 'engine/runtime/embedded/embedded.test.ts',
  },
  {
    name: 'forgotten-cancel',
    fault: 'a sub-flow that ended while its parent gave it up is left done after a crash',
    edits: [
      {
        file: 'engine/runtime/embedded/embedded.ts',
        find: 'for (const runId of await this.records.cancellations()) this.dispatcher.cancelRun(runId);',
        replace: '',
      },
    ],
    caughtBy: 'engine/runtime/embedded/embedded.test.ts',
  },
];
