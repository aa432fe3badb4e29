import type { CallContext, Json } from '../sdk/index.ts';
import { CallError } from '../sdk/index.ts';
import { answerOf } from './answer.ts';
import { keepAnswer, takeKey } from './calls-table.ts';
import type { Dialect } from './dialect.ts';
import { judge, type Phase } from './judge.ts';
import type { Plan } from './plan.ts';
import { type Bound, type Limits, type Session, SqlFault, type Table } from './session.ts';

export interface Work {
  readonly dialect: Dialect;
  readonly plan: Plan;
  readonly bound: readonly Bound[];
  readonly context: CallContext;
  /** Before the first transaction of an operation with a table of calls. */
  prepare(session: Session, limits: Limits): Promise<void>;
}

/**
 * Does the work on this session, until the deadline: then it is stopped in the database, and the session is lost.
 *
 * @throws {CallError}
 */
export function perform(session: Session, work: Work): Promise<Json> {
  const progress: { phase: Phase } = { phase: 'unsent' };
  const { deadline } = work.context;
  return new Promise((resolve, reject) => {
    if (deadline.remainingMs() === 0) return reject(late('unsent'));
    const withdraw = deadline.onExpire(() => {
      session.kill();
      reject(late(progress.phase));
    });
    run(session, work, progress)
      .then(resolve, (error: unknown) => {
        try {
          reject(judge(error, progress.phase));
        } catch (bug) {
          reject(bug);
        }
      })
      .finally(() => withdraw());
  });
}

function late(phase: Phase): CallError {
  return new CallError('no answer within the deadline', {
    kind: 'timeout',
    retryable: true,
    mayHaveActed: phase === 'decided',
  });
}

async function run(session: Session, work: Work, progress: { phase: Phase }): Promise<Json> {
  const { plan, bound, context } = work;
  const limits: Limits = {
    maxRows: plan.maxRows,
    maxBytes: context.maxResponseBytes,
    timeoutMs: context.deadline.remainingMs(),
  };
  await session.ready(limits);
  if (!plan.isTransaction) {
    progress.phase = 'decided';
    return answerOf(await runAll(session, bound, limits), plan, 'decided');
  }
  if (plan.isIdempotent) await work.prepare(session, limits);
  await session.begin();
  progress.phase = plan.mayCommit ? 'decided' : 'undecided';
  try {
    const answer = await inTransaction(session, work, limits);
    progress.phase = 'decided';
    await session.commit();
    return answer;
  } catch (error) {
    await undo(session);
    throw error;
  }
}

async function inTransaction(session: Session, work: Work, limits: Limits): Promise<Json> {
  const { plan, bound, dialect, context } = work;
  const key = context.idempotencyKey;
  if (!plan.isIdempotent) return answerOf(await runAll(session, bound, limits), plan, 'undecided');
  const before = await takeKey(session, { dialect, key, limits });
  if (before) return before.answer;
  const answer = answerOf(await runAll(session, bound, limits), plan, 'undecided');
  await keepAnswer(session, { dialect, key, limits, answer });
  return answer;
}

/** One after the other; the answer is the last one's. */
async function runAll(session: Session, bound: readonly Bound[], limits: Limits): Promise<Table> {
  let table: Table = { columns: [], rows: [], affected: 0 };
  for (const statement of bound) table = await session.run(statement, limits);
  return table;
}

/** A session whose transaction cannot be ended is of no use to the next call. */
async function undo(session: Session): Promise<void> {
  if (session.isLost) return;
  try {
    await session.rollback();
  } catch (error) {
    if (!(error instanceof SqlFault)) throw error;
    session.kill();
  }
}
