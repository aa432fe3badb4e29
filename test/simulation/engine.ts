import type { Program } from '@heddle/engine/compile/index';
import { type EmbeddedOptions, EmbeddedRuntime } from '@heddle/engine/runtime/embedded/index';
import { createPerform } from '@heddle/engine/runtime/perform';
import type { Programs } from '@heddle/engine/runtime/programs';
import { SqliteDatabase } from '@heddle/engine/store/sqlite/sqlite';
import { type Bank, registry } from './bank.ts';
import type { Random } from './random.ts';
import { SimulatedThread, type ThreadOptions } from './thread.ts';
import { must, type Witness } from './witness.ts';
import type { World } from './world.ts';

export interface EngineParts {
  readonly world: World;
  readonly random: Random;
  readonly bank: Bank;
  readonly witness: Witness;
  readonly programs: ReadonlyMap<string, Program>;
  readonly thread: ThreadOptions;
  /** Something that must never happen; the engine's own error handling must not hide it. */
  readonly violated: (violation: unknown) => void;
}

/** One process of the engine: a runtime on a thread of the database, until it is killed. */
export interface EngineProcess {
  readonly runtime: EmbeddedRuntime;
  readonly database: SqliteDatabase;
  /** Rejected when the process dies. */
  readonly died: Promise<never>;
  readonly die: () => void;
}

export function boot(parts: EngineParts): EngineProcess {
  const { world, random, witness } = parts;
  const database = new SqliteDatabase(new SimulatedThread(parts.thread));
  let die = () => {};
  const died = new Promise<never>((_, reject) => {
    die = () => reject(new Error('the connection was lost'));
  });
  died.catch(() => {
    // Whoever waits for an answer hears of it; often nobody does.
  });
  const runtime = new EmbeddedRuntime({
    database,
    programs: programsOf(parts.programs),
    perform: performing(parts, witness),
    safety: () => 'idempotent',
    now: world.wall,
    random: () => random.next(),
    maxActiveRuns: 100,
    log: { warn: () => {}, error: () => {} },
  });
  return { runtime, database, died, die };
}

/** Performs by the engine's own way to the services, and sees to it that nothing is performed too soon or twice at once. */
function performing({ bank, world, violated }: EngineParts, witness: Witness): EmbeddedOptions['perform'] {
  const perform = createPerform({
    invoker: { invoke: bank.invoke } as Parameters<typeof createPerform>[0]['invoker'],
    registry: registry as Parameters<typeof createPerform>[0]['registry'],
    scripts: { run: async () => null },
    messages: { publish: async () => {}, schedule: async () => {} },
    now: world.wall,
  });
  const underWay = new Set<string>();
  return async (effect, context) => {
    const label = `${context.runId} ${effect.kind} ${effect.id}`;
    try {
      witness.performs(context.runId, effect);
      must(!underWay.has(label), `${label} is performed while it is under way`);
    } catch (violation) {
      violated(violation);
    }
    underWay.add(label);
    const performed = await perform(effect, context);
    underWay.delete(label);
    return performed;
  };
}

/** Compiled once for all processes: compiling is pure. */
function programsOf(programs: ReadonlyMap<string, Program>): Programs {
  const ready: Programs['ready'] = ({ flowId }) => programs.get(flowId);
  const load: Programs['load'] = async ({ flowId }) => {
    const program = programs.get(flowId);
    if (program === undefined) throw new Error(`no flow ${flowId}`);
    return program;
  };
  // A runtime only asks for programs.
  return { ready, load } as Programs;
}
