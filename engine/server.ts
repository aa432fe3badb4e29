import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApp } from './api/app.ts';
import type { App } from './api/deps.ts';
import { grantSecrets } from './api/grant-secrets.ts';
import { compile } from './compile/index.ts';
import type { Config } from './config.ts';
import { loadConnectors } from './connectors.ts';
import { type Flow, parse } from './definition/index.ts';
import { FlowError, type Json, type Problem } from './errors.ts';
import { Consumers } from './messages/consumers.ts';
import { Intake } from './messages/intake.ts';
import { Publisher } from './messages/publisher.ts';
import { durationMs, nodeTypes } from './nodes/index.ts';
import { EmbeddedRuntime, statements, watchLoop } from './runtime/embedded/index.ts';
import { runExpress } from './runtime/express.ts';
import { createPerform, safetyOf } from './runtime/perform.ts';
import { Programs } from './runtime/programs.ts';
import { newRunId, traceOf } from './runtime/run-id.ts';
import { ScriptThread } from './runtime/script/runner.ts';
import { recordRun, tracedPerform } from './runtime/traced.ts';
import { tryFlow } from './runtime/try-flow.ts';
import { readKeyring } from './secrets/keys.ts';
import { Vault } from './secrets/vault.ts';
import {
  checkAgainstCatalogue,
  checkTriggers,
  compileSchema,
  createInvoker,
  createServiceRegistry,
  createWorkers,
  destinationOf,
  type Invoker,
  parseGroup,
  parseService,
  type ServiceRegistry,
} from './services/index.ts';
import { tidy } from './store/housekeeping.ts';
import { SqliteDatabase } from './store/sqlite/sqlite.ts';
import { openStore, type Store } from './store/store.ts';
import { createLog, createMetrics, type Log, openTracing } from './telemetry/index.ts';
import { HttpTriggers } from './triggers/http.ts';
import type { StartFlowDeps } from './triggers/start-flow.ts';

export interface Engine {
  /** Where it listens; undefined when it was started without HTTP. */
  readonly url: string | undefined;
  readonly app: App;
  readonly runtime: EmbeddedRuntime;
  readonly store: Store;
  readonly registry: ServiceRegistry;
  readonly invoker: Invoker;
  readonly log: Log;
  /** All problems of a definition: shape, soundness, catalogue. `flow` is there when it may be published. */
  check(definition: Json): { readonly flow?: Flow; readonly problems: readonly Problem[] };
  /** Adds a service to the catalogue and keeps it. @throws {FlowError} `SERVICE_INVALID` with all problems. */
  putService(description: Json): Promise<void>;
  /** Takes no new work, finishes steps in flight within the drain time, closes the store. Can be called twice. */
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly config: Config;
  /** False: no HTTP, for running flows from the command line. Default true. */
  readonly listen?: boolean;
  /** Keep nothing on disk. Default false. */
  readonly inMemory?: boolean;
  readonly log?: Log;
  /** Epoch ms. Default: the system's. */
  readonly now?: () => number;
  readonly random?: () => number;
}

const HOUSEKEEPING_MS = 3_600_000;

/** Connections that are idle are closed well within this. */
const LEAVE_MS = 500;

/**
 * Puts the engine together: the one place that names concrete stores, runtimes and connectors.
 *
 * @throws {FlowError} `STORE_LOCKED` if another engine has the data directory; `CONFIG_INVALID` if the port is taken.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { config } = options;
  const now = options.now ?? Date.now;
  const random = options.random ?? Math.random;
  const log = options.log ?? createLog({ level: config.logLevel });
  const workers = createWorkers();
  const connectors = await loadConnectors(config.connectors, process.cwd(), [workers.connector]);
  const metrics = createMetrics({ process: options.listen !== false });
  const database = await SqliteDatabase.open(
    {
      path: options.inMemory ? ':memory:' : join(config.dataDir, 'heddle.db'),
      statements,
    },
    (records, durationMs) => {
      metrics.journalCommitted(records, durationMs);
      // There is none yet, and nothing is committed to the journal before there is.
      runtime.admission.committed(durationMs);
    },
  );
  const store = await openStore(database, now);
  const keys = readKeyring({
    keys: config.secretKeys,
    file: config.secretKeyFile,
    ownFile: options.inMemory ? undefined : join(config.dataDir, 'secret.key'),
  });
  const vault = await Vault.open(keys, config.secretSuite, store.secrets);
  const registry = createServiceRegistry();
  for (const document of await store.services.all()) {
    const parsed = parseService(document, connectors);
    if (parsed.ok) registry.put(parsed.service);
    else log.error({ problems: parsed.problems }, 'a stored service is not usable and is left out');
  }
  for (const { id, definition } of await store.serviceGroups.all()) {
    const parsed = parseGroup(definition);
    if (parsed.ok) registry.groups.put(id, parsed.definition);
    else log.error({ group: id, problems: parsed.problems }, 'a stored group is not usable and is left out');
  }
  const invoker = createInvoker({
    registry,
    connectors,
    log,
    metrics,
    random,
    epochMs: now,
    maxResponseBytes: config.maxResponseBytes,
    isProduction: config.production,
    secret: (name, service) => {
      const use = { service: service.id, destination: destinationOf(service, connectors) };
      if (vault.state(name, use) !== 'locked') return vault.reveal(name, use);
      throw new FlowError(
        'SECRET_LOCKED',
        `secret ${name} was entered for another destination than ${use.destination}; enter it again to send it there`,
        { details: { service: service.id, attempts: 0, mayHaveActed: false, retryable: false } },
      );
    },
    ...(config.filesDir !== undefined && { filesDir: config.filesDir }),
  });
  const scripts = new ScriptThread();
  const publisher = new Publisher({
    invoker,
    // There is none yet; nothing is published before it has recovered.
    runtime: { publish: (event) => runtime.publish(event) },
    outbox: store.outbox,
    letters: store.deadLetters,
    now,
    log,
  });
  const tracing = config.otlpUrl === undefined ? undefined : await openTracing(config.otlpUrl, log);
  const untraced = createPerform({ invoker, registry, scripts, messages: publisher, now });
  const perform = tracing === undefined ? untraced : tracedPerform(untraced, tracing, now);
  const programs = new Programs(store.definitions, config.runs);
  const runtime: EmbeddedRuntime = new EmbeddedRuntime({
    database,
    programs,
    perform,
    safety: (effect) => safetyOf(effect, registry) ?? 'once',
    now,
    random,
    inputProblems,
    maxActiveRuns: config.maxActiveRuns,
    log: { warn: (message, facts) => log.warn(facts, message), error: (message, facts) => log.error(facts, message) },
    observe: {
      started: (flow) => metrics.run(flow).started(),
      finished: (run, durationMs) => {
        metrics.run(run.flowId).finished(run.status, durationMs);
        if (tracing) recordRun(tracing, run, run.startedAt + durationMs);
      },
    },
  });
  metrics.queue('active-runs', () => runtime.health().activeRuns);
  metrics.queue('journal', () => database.backlog);
  metrics.admission(() => runtime.admission.figures());
  const stopWatching = watchLoop(runtime.admission, (refused) =>
    log.warn({ refused, activeRuns: runtime.health().activeRuns }, 'starts were refused'),
  );

  const triggers = new HttpTriggers();
  for (const flow of store.definitions.list()) triggers.put(flow);
  store.definitions.onPublish((flow) => triggers.put(flow));

  const check = (definition: Json) => {
    const parsed = parse(definition, nodeTypes, config.definition);
    if (!parsed.ok) return { problems: parsed.problems };
    const problems = [
      ...parsed.warnings,
      ...schemaProblems(parsed.flow),
      ...checkAgainstCatalogue(parsed.flow, nodeTypes, registry),
      ...checkTriggers(parsed.flow, registry, connectors),
    ];
    return problems.some((problem) => problem.severity !== 'warning') ? { problems } : { flow: parsed.flow, problems };
  };
  const start: StartFlowDeps = {
    runtime,
    admission: runtime.admission,
    now,
    flow: async (flowId, version) =>
      version === undefined ? store.definitions.currentFlow(flowId) : store.definitions.definition(flowId, version),
    inputProblems,
    express: async (flow, version, input, caller) => {
      const program = await programs.load({ flowId: flow.id, version });
      const { traceparent, attributes } = caller;
      const around = { perform, now, random, ...(attributes !== undefined && { attributes }) };
      if (tracing === undefined)
        return runExpress(program, input, { ...around, ...(traceparent !== undefined && { traceparent }) });
      const run = { id: newRunId(now()), flowId: flow.id, startedAt: now(), traceparent: traceOf(traceparent) };
      const outcome = await runExpress(program, input, { ...around, traceparent: run.traceparent, runId: run.id });
      const status = outcome.status === 'responded' ? 'completed' : outcome.status;
      recordRun(tracing, { ...run, status }, now());
      return outcome;
    },
  };
  const intake = new Intake({
    start,
    runtime,
    letters: store.deadLetters,
    limits: { maxBytes: config.maxPayloadBytes, maxDepth: config.definition.maxDepth },
    now,
    log,
  });
  const consumers = new Consumers({ invoker, intake, registry, now, log });
  const app = await createApp({
    runtime,
    store,
    registry,
    connectors,
    invoker,
    triggers,
    now,
    check,
    tryFlow: (attempt) => tryFlow(compile(attempt.flow, { limits: config.runs }), attempt, { perform, now, random }),
    limits: {
      maxPayloadBytes: config.maxPayloadBytes,
      maxResponseBytes: config.maxResponseBytes,
      maxDefinitionBytes: config.definition.maxBytes,
      maxJsonDepth: config.definition.maxDepth,
    },
    importOrigins: config.importOrigins,
    isProduction: config.production,
    designerDir: besideEngine('designer/dist', 'index.html'),
    metrics: async () => (await metrics.read()).text,
    onInternalError: (error, request) =>
      log.error(
        { err: error, request: request.id, method: request.method, url: request.url },
        'a request failed inside',
      ),
    start,
    messages: { consumers, publisher, intake },
    vault,
    workers,
  });

  const retentions = () =>
    store.definitions
      .list()
      .flatMap((flow) => (flow.retention === undefined ? [] : [{ flow, retentionMs: durationMs(flow.retention) }]));
  const housekeeping = setInterval(() => {
    tidy(database, now(), retentions()).catch((error: unknown) =>
      log.warn({ err: error }, 'old runs could not be deleted; trying again in an hour'),
    );
  }, HOUSEKEEPING_MS);
  housekeeping.unref();

  const stop = async () => {
    clearInterval(housekeeping);
    stopWatching();
    // What is in hand and cannot be ended in time stays with the broker, unacknowledged.
    await atMost(config.drainMs, Promise.all([consumers.stop(), publisher.stop()]));
    // The runtime first: callers that wait for runs are let go with 202 when their runs cannot end in time.
    await runtime.drain(config.drainMs);
    await app.close();
    // A call that has outlived the drain time is left: its step is repeated or asked about after the next start.
    await atMost(LEAVE_MS, invoker.dispose());
    await scripts.close();
    await tracing?.close().catch((error: unknown) => log.warn({ err: error }, 'the last spans could not be sent'));
    await database.close();
  };
  let stopped: Promise<void> | undefined;
  const close = () => {
    stopped ??= stop();
    return stopped;
  };
  let url: string | undefined;
  try {
    if (options.listen !== false) url = await listen(app, config);
    await runtime.recover();
    publisher.start();
    for (const flow of store.definitions.list()) consumers.put(flow);
    store.definitions.onPublish((flow) => consumers.put(flow));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url,
    app,
    runtime,
    store,
    registry,
    invoker,
    log,
    check,
    close,
    putService: async (description) => {
      const parsed = parseService(description, connectors);
      if (!parsed.ok)
        throw new FlowError(
          'SERVICE_INVALID',
          parsed.problems.map((problem) => `${problem.pointer}: ${problem.message}`).join('; '),
        );
      await store.services.save(parsed.service.id, parsed.service);
      await grantSecrets(vault, parsed.service, connectors);
      registry.put(parsed.service);
    },
  };
}

/** Waits for something, but no longer than this. */
function atMost(ms: number, what: Promise<unknown>): Promise<unknown> {
  return Promise.race([what, new Promise((resolve) => setTimeout(resolve, ms).unref())]);
}

/**
 * A folder of the project beside the engine's own; from the sources as from the build.
 *
 * @param sign what must be in it for the folder to count
 * @returns undefined if it is nowhere: it is not part of this installation, or not built
 */
export function besideEngine(folder: string, sign: string): string | undefined {
  for (let dir = dirname(fileURLToPath(import.meta.url)); dir !== dirname(dir); dir = dirname(dir)) {
    if (existsSync(join(dir, folder, sign))) return join(dir, folder);
  }
  return undefined;
}

async function listen(app: App, { host, port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    if ((error as { code?: string }).code !== 'EADDRINUSE') throw error;
    throw new FlowError('CONFIG_INVALID', `port ${port} on ${host} is taken; stop what uses it, or set HEDDLE_PORT`, {
      cause: error,
    });
  }
}

/** What is wrong with the flow's own input schema. */
function schemaProblems(flow: Flow): readonly Problem[] {
  const compiled = flow.input === undefined ? undefined : compileSchema(flow.input);
  return compiled === undefined || compiled.ok
    ? []
    : compiled.problems.map((problem) => ({ ...problem, pointer: `/input${problem.pointer}` }));
}

/** What does not fit the flow's input schema; a schema that cannot be compiled was refused at publishing. */
function inputProblems(flow: Flow, input: Json): readonly Problem[] {
  if (flow.input === undefined) return [];
  const compiled = compileSchema(flow.input);
  if (!compiled.ok) return compiled.problems;
  return compiled.validator.check(input) ? [] : compiled.validator.problems(input, 'INPUT_INVALID');
}
