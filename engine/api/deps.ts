import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { Connectors } from '@heddle/connectors/sdk/index';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Flow } from '../definition/index.ts';
import type { Json, Problem } from '../errors.ts';
import type { Consumers } from '../messages/consumers.ts';
import type { Intake } from '../messages/intake.ts';
import type { Publisher } from '../messages/publisher.ts';
import type { Attempt, Runtime, Tried } from '../runtime/runtime.ts';
import type { Vault } from '../secrets/vault.ts';
import type { Invoker, ServiceRegistry, Workers } from '../services/index.ts';
import type { Store } from '../store/store.ts';
import type { HttpTriggers } from '../triggers/http.ts';
import type { StartFlowDeps } from '../triggers/start-flow.ts';

/** What the API needs of the engine; put together in server.ts. */
export interface ApiDeps {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly registry: ServiceRegistry;
  readonly connectors: Connectors;
  readonly invoker: Invoker;
  readonly triggers: HttpTriggers;
  readonly start: StartFlowDeps;
  readonly messages: {
    readonly consumers: Consumers;
    readonly publisher: Publisher;
    readonly intake: Intake;
  };
  readonly vault: Vault;
  readonly workers: Workers;
  /** Runs a flow that `check` has accepted once, in memory. */
  readonly tryFlow: (attempt: Attempt) => Promise<Tried>;
  /** All problems of a definition: shape, soundness, and what the service catalogue says. */
  readonly check: (definition: Json) => { readonly flow?: Flow; readonly problems: readonly Problem[] };
  readonly limits: {
    readonly maxPayloadBytes: number;
    readonly maxResponseBytes: number;
    readonly maxDefinitionBytes: number;
    readonly maxJsonDepth: number;
  };
  /** Where OpenAPI documents may be fetched from. */
  readonly importOrigins: readonly string[];
  /** Refuses to rehearse failures, and to mock what moves money. */
  readonly isProduction: boolean;
  /** Folder of the built designer; undefined: it has not been built. */
  readonly designerDir: string | undefined;
  readonly now: () => number;
  /** Prometheus text. */
  readonly metrics: () => Promise<string>;
  /** Where errors that no caller may see are written. */
  readonly onInternalError: (
    error: unknown,
    request: { readonly id: string; readonly method: string; readonly url: string },
  ) => void;
}

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Who acts: until there is access control, whoever says so in this header. Names beyond ASCII come percent-encoded. */
const USER_HEADER = 'heddle-user';
export const userOf = (request: { readonly headers: { readonly [name: string]: unknown } }): string => {
  const user = request.headers[USER_HEADER];
  if (typeof user !== 'string' || user === '') return 'anonymous';
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
};
