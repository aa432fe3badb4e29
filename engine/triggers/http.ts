import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Flow, HttpTrigger } from '../definition/index.ts';
import { FlowError, type Json, type JsonObject } from '../errors.ts';
import { parseDuration } from '../expression/index.ts';
import { callerOf } from './caller.ts';
import { inputOf } from './http-input.ts';
import { type Started, type StartFlowDeps, startFlow } from './start-flow.ts';

const DEFAULT_WAIT_MS = 30_000;

interface Entry {
  readonly flow: Flow;
  readonly trigger: HttpTrigger;
  readonly segments: readonly string[];
  readonly waitMs: number;
}

/** The REST endpoints that flows declare, each at its own method and path under `/open`. */
export class HttpTriggers {
  private readonly byFlow = new Map<string, readonly Entry[]>();
  /** Endpoints without parameters, by method and path: most requests need no search. */
  private literal = new Map<string, Entry>();

  /** Serves a flow's triggers from now on, in place of those of its last version. */
  put(flow: Flow): void {
    this.byFlow.set(flow.id, entriesOf(flow));
    const literal = [...this.byFlow.values()].flat().filter((entry) => parameters(entry) === 0);
    this.literal = new Map(literal.map((entry) => [`${entry.trigger.method} /${entry.segments.join('/')}`, entry]));
  }

  /** The endpoint of another flow that a flow's triggers would collide with. */
  conflict(flow: Flow): { readonly flowId: string; readonly trigger: HttpTrigger } | undefined {
    const wanted = entriesOf(flow);
    for (const [flowId, entries] of this.byFlow) {
      if (flowId === flow.id) continue;
      const found = entries.find((entry) => wanted.some((other) => shapeOf(other) === shapeOf(entry)));
      if (found) return { flowId, trigger: found.trigger };
    }
    return undefined;
  }

  /**
   * @param path without `/open`
   * @returns the endpoint and the values of its path parameters (literal segments win over parameters), or the methods
   *   that the path does have; undefined if it has none
   */
  match(
    method: string,
    path: string,
  ): { readonly entry: Entry; readonly params: JsonObject } | { readonly methods: readonly string[] } | undefined {
    const known = this.literal.get(`${method} ${path}`);
    if (known !== undefined) return { entry: known, params: NONE };
    const segments = path.split('/').filter((segment) => segment !== '');
    const fitting = [...this.byFlow.values()].flat().filter((entry) => fits(entry.segments, segments));
    const best = fitting
      .filter((entry) => entry.trigger.method === method)
      .sort((a, b) => parameters(a) - parameters(b))[0];
    if (best === undefined && fitting.length === 0) return undefined;
    if (best === undefined) return { methods: [...new Set(fitting.map((entry) => entry.trigger.method))].sort() };
    return { entry: best, params: paramsOf(best.segments, segments) };
  }
}

const entriesOf = (flow: Flow) =>
  (flow.triggers ?? []).flatMap((trigger) => (trigger.type === 'http' ? [entryOf(flow, trigger)] : []));

function entryOf(flow: Flow, trigger: HttpTrigger): Entry {
  return {
    flow,
    trigger,
    segments: trigger.path.split('/').filter((segment) => segment !== ''),
    waitMs: parseDuration(trigger.wait ?? '') ?? DEFAULT_WAIT_MS,
  };
}

const NONE: JsonObject = {};
const isParameter = (segment: string) => segment.startsWith('{') && segment.endsWith('}');
const parameters = (entry: Entry) => entry.segments.filter(isParameter).length;
const shapeOf = (entry: Entry) =>
  `${entry.trigger.method} ${entry.segments.map((segment) => (isParameter(segment) ? '{}' : segment)).join('/')}`;

const fits = (pattern: readonly string[], path: readonly string[]) =>
  pattern.length === path.length && pattern.every((segment, index) => isParameter(segment) || segment === path[index]);

function paramsOf(pattern: readonly string[], path: readonly string[]): JsonObject {
  const params: Record<string, string> = {};
  for (const [index, segment] of pattern.entries()) {
    if (isParameter(segment)) params[segment.slice(1, -1)] = decode(path[index] ?? '');
  }
  return params;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new FlowError('INVALID_REQUEST', `the path segment ${segment} is not well encoded`);
  }
}

/** Serves `/open/*`. The answer of the flow is the answer of the endpoint; past the trigger's `wait` it is 202 with `Location`. */
export function registerHttpTriggers(
  app: FastifyInstance,
  triggers: HttpTriggers,
  deps: StartFlowDeps,
  reply: (started: Started, reply: FastifyReply) => unknown,
): void {
  const handler = async (request: FastifyRequest, response: FastifyReply) => {
    const query = request.url.indexOf('?');
    const path = request.url.slice('/open'.length, query < 0 ? undefined : query);
    const found = triggers.match(request.method, path);
    if (found === undefined)
      throw new FlowError('NOT_FOUND', `no flow has a trigger at ${request.method} /open${path}`);
    if ('methods' in found) {
      const methods = found.methods.join(', ');
      response.header('allow', methods);
      throw new FlowError('METHOD_NOT_ALLOWED', `/open${path} is served for ${methods}, not for ${request.method}`);
    }
    const key = request.headers['idempotency-key'];
    const started = await startFlow(deps, {
      flowId: found.entry.flow.id,
      input: inputOf(found.entry.flow, {
        body: request.body as Json | undefined,
        query: request.query as JsonObject,
        params: found.params,
      }),
      waitMs: found.entry.waitMs,
      ...(typeof key === 'string' ? { idempotencyKey: key } : {}),
      ...callerOf(request.headers),
    });
    return reply(started, response);
  };
  app.route({
    method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    url: '/open/*',
    schema: { hide: true } as object,
    handler,
  });
}
