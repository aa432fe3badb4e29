import assert from 'node:assert/strict';
import { type CallError, isCallError } from './call-error.ts';
import type { CallContext, Connection, Connector, ConnectorHost } from './connector.ts';
import { createDeadlines } from './deadline.ts';
import type { Json } from './json.ts';

/** What the contract needs of a test framework; `import * as vitest` and node:test both fit. */
export interface TestFramework {
  describe(name: string, body: () => void): unknown;
  test(name: string, body: () => Promise<void>): unknown;
}

/**
 * How the connector's peer (a test server, made by the author of the connector) treats the next calls:
 * - `answer`: answers at once with a small body.
 * - `trickle`: keeps sending, a little every few milliseconds, and never ends.
 * - `flood`: sends much more than a megabyte, as fast as it is taken.
 * - `hang-up`: takes the whole request, then cuts the connection without an answer.
 * - `refuse`: answers that it will not do this.
 */
export type PeerBehaviour = 'answer' | 'trickle' | 'flood' | 'hang-up' | 'refuse';

/** A request as the peer got it. */
export interface Received {
  readonly idempotencyKey: string | undefined;
  readonly attempt: string | undefined;
}

export interface ContractSubject {
  readonly connector: Connector;
  /** A configuration that reaches the peer. */
  readonly config: Json;
  /** A configuration by which no connection can be made, such as a port that nobody listens on. */
  readonly unreachableConfig: Json;
  /** Configurations that are wrong, each with the pointer at which that has to be said. */
  readonly badConfigs: readonly { readonly config: Json; readonly pointer: string }[];
  readonly binding: { readonly [key: string]: Json };
  readonly input: Json;
  /** Inputs that try to break out of their place in the protocol: line breaks in header values, and the like. */
  readonly hostileInputs: readonly Json[];
  /** The folder that the host lends, for connectors that open files. Default: none. */
  readonly folder?: string;
  readonly peer: {
    behave(behaviour: PeerBehaviour): void;
    /** Since the last `behave`. */
    received(): readonly Received[];
  };
  close(): Promise<void>;
}

/**
 * The tests that every connector has to pass. Call it in a test file of the connector.
 *
 * @param setUp Makes a fresh peer; called for each test.
 */
export function connectorContract(framework: TestFramework, name: string, setUp: () => Promise<ContractSubject>): void {
  const { describe, test } = framework;

  describe(`${name} keeps the connector contract`, () => {
    const check = (sentence: string, body: (subject: ContractSubject, open: Open) => Promise<void>) =>
      test(sentence, () => withSubject(setUp, body));

    check('passes on the idempotency key, the same on a retry, and the attempt number', async (subject, open) => {
      subject.peer.behave('answer');
      const { connection } = await open();
      for (const attempt of [1, 2]) await call(connection, subject, { idempotencyKey: 'run-7:/pay#1', attempt });
      assert.deepEqual(subject.peer.received(), [
        { idempotencyKey: 'run-7:/pay#1', attempt: '1' },
        { idempotencyKey: 'run-7:/pay#1', attempt: '2' },
      ]);
    });

    check('keeps the deadline in total, although bytes keep coming', async (subject, open) => {
      subject.peer.behave('trickle');
      const { connection } = await open();
      const startedAt = performance.now();
      const error = await failure(call(connection, subject, { timeoutMs: 150 }));
      const tookMs = performance.now() - startedAt;
      assert.equal(error.kind, 'timeout');
      assert.equal(error.mayHaveActed, true);
      assert.ok(tookMs >= 149, `gave up after ${tookMs} ms, before the deadline`);
      assert.ok(tookMs < 450, `gave up only after ${tookMs} ms`);
    });

    check('does not send what comes after its deadline', async (subject, open) => {
      subject.peer.behave('answer');
      const { connection } = await open();
      const error = await failure(call(connection, subject, { timeoutMs: 0 }));
      assert.deepEqual([error.kind, error.mayHaveActed], ['timeout', false]);
      assert.deepEqual(subject.peer.received(), []);
    });

    check('stops reading an answer that is larger than the limit', async (subject, open) => {
      subject.peer.behave('flood');
      const { connection } = await open();
      const error = await failure(call(connection, subject, { maxResponseBytes: 10_000 }));
      assert.deepEqual([error.kind, error.mayHaveActed, error.retryable], ['too-large', true, false]);
    });

    check('a connection lost after sending may have acted', async (subject, open) => {
      subject.peer.behave('hang-up');
      const { connection } = await open();
      const error = await failure(call(connection, subject));
      assert.deepEqual([error.kind, error.mayHaveActed, error.retryable], ['unavailable', true, true]);
      assert.equal(subject.peer.received().length, 1, 'the connector must not repeat a call by itself');
    });

    check('a connection that was never made has not acted', async (subject, open) => {
      const error = await failure(open(subject.unreachableConfig).then(({ connection }) => call(connection, subject)));
      assert.deepEqual([error.kind, error.mayHaveActed, error.retryable], ['unavailable', false, true]);
    });

    check('a refusal has not acted and is not retryable', async (subject, open) => {
      subject.peer.behave('refuse');
      const { connection } = await open();
      const error = await failure(call(connection, subject));
      assert.deepEqual([error.kind, error.mayHaveActed, error.retryable], ['rejected', false, false]);
    });

    check('close can be called twice, and refuses calls afterwards', async (subject, open) => {
      subject.peer.behave('answer');
      const { connection } = await open();
      await call(connection, subject);
      await Promise.all([connection.close(), connection.close()]);
      await connection.close();
      const error = await failure(call(connection, subject));
      assert.deepEqual([error.kind, error.mayHaveActed], ['refused', false]);
    });

    check('close lets a call in flight end', async (subject, open) => {
      subject.peer.behave('answer');
      const { connection } = await open();
      const calling = call(connection, subject);
      await connection.close();
      await calling;
    });

    check('names what is wrong with a configuration, and does not open it', async (subject, open) => {
      assert.deepEqual(subject.connector.configProblems(subject.config), []);
      for (const { config, pointer } of subject.badConfigs) {
        const problems = subject.connector.configProblems(config);
        const said = JSON.stringify(problems);
        assert.ok(
          problems.some((problem) => problem.pointer === pointer),
          `nothing at ${pointer}: ${said}`,
        );
        await assert.rejects(open(config), { name: 'ConfigError' });
      }
    });

    check('hostile values stay values, or are refused before anything is sent', async (subject, open) => {
      subject.peer.behave('answer');
      const { connection } = await open();
      for (const input of subject.hostileInputs) {
        const before = subject.peer.received().length;
        const error = await call(connection, subject, { input, idempotencyKey: 'kept' }).then(
          () => undefined,
          asCallError,
        );
        const seen = subject.peer.received().slice(before);
        if (error) assert.deepEqual([error.kind, error.mayHaveActed, seen], ['refused', false, []]);
        else assert.deepEqual(seen, [{ idempotencyKey: 'kept', attempt: '1' }]);
      }
      const error = await failure(call(connection, subject, { idempotencyKey: 'k\r\nx-attempt: 9' }));
      assert.deepEqual([error.kind, error.mayHaveActed], ['refused', false]);
    });
  });
}

type Open = (config?: Json) => Promise<{ readonly connection: Connection }>;

const host: ConnectorHost = { secret: (name) => `secret-${name}`, warn() {} };
const deadlines = createDeadlines();

async function withSubject(
  setUp: () => Promise<ContractSubject>,
  body: (subject: ContractSubject, open: Open) => Promise<void>,
): Promise<void> {
  const subject = await setUp();
  const opened: Connection[] = [];
  try {
    await body(subject, async (config = subject.config) => {
      const connection = await subject.connector.open(config, {
        ...host,
        ...(subject.folder !== undefined && { folder: subject.folder }),
      });
      opened.push(connection);
      // In an object, because a connection could have a `then` of its own.
      return { connection };
    });
  } finally {
    await Promise.all(opened.map((connection) => connection.close()));
    await subject.close();
  }
}

interface CallOptions {
  readonly input?: Json;
  readonly idempotencyKey?: string;
  readonly attempt?: number;
  readonly timeoutMs?: number;
  readonly maxResponseBytes?: number;
}

function call(connection: Connection, { binding, input }: ContractSubject, options: CallOptions = {}) {
  const context: CallContext = {
    idempotencyKey: options.idempotencyKey ?? 'key-1',
    attempt: options.attempt ?? 1,
    deadline: deadlines.start(options.timeoutMs ?? 5_000),
    maxResponseBytes: options.maxResponseBytes ?? 1_000_000,
  };
  return connection.call({ operation: 'contract', binding, input: options.input ?? input }, context);
}

async function failure(calling: Promise<unknown>): Promise<CallError> {
  const answer = await calling.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in answer) return asCallError(answer.error);
  assert.fail(`the call succeeded: ${JSON.stringify(answer.value)}`);
}

function asCallError(error: unknown): CallError {
  if (isCallError(error)) return error;
  throw error;
}
