import { type ConfigProblem, type Connectors, schemaProblems } from '@heddle/connectors/sdk/index';
import { Compile } from 'typebox/compile';
import { type Problem, pointer } from '../errors.ts';
import { endpointProblems } from './parse-endpoints.ts';
import { policyProblems } from './parse-policy.ts';
import { compileSchema, type JsonSchema } from './schema.ts';
import { prepareSchema } from './schema-prepare.ts';
import { type Operation, type Service, ServiceSchema } from './service.ts';

export type ParsedService =
  | { readonly ok: true; readonly service: Service }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const shape = Compile(ServiceSchema);

/**
 * Reads a service description and says everything that is wrong with it at once: its shape, the connector's config and
 * bindings, the schemas, and what would make calls unsafe.
 */
export function parseService(json: unknown, connectors: Connectors): ParsedService {
  if (!shape.Check(json)) return { ok: false, problems: shapeProblems(json) };
  const problems = [...connectorProblems(json, connectors)];
  const operations = Object.entries(json.operations);
  const check = operations.length <= COMPILED_OPERATIONS ? compileSchema : looksUsable;
  for (const [id, operation] of operations) problems.push(...operationProblems(json, id, operation, check));
  problems.push(...policyProblems(json));
  // Endpoints are changes of the configuration: they say nothing while that is wrong.
  if (problems.length === 0) problems.push(...endpointProblems(json, connectors.get(json.connector)));
  return problems.length === 0 ? { ok: true, service: json } : { ok: false, problems };
}

function problem(at: string, message: string): Problem {
  return { pointer: at, code: 'SERVICE_INVALID', message };
}

function below(at: string, problems: readonly ConfigProblem[]): readonly Problem[] {
  return problems.map((each) => problem(at + each.pointer, each.message));
}

function shapeProblems(json: unknown): readonly Problem[] {
  return below('', schemaProblems(shape.Errors(json)));
}

function connectorProblems(service: Service, connectors: Connectors): readonly Problem[] {
  const connector = connectors.get(service.connector);
  if (!connector) {
    const known = [...connectors.keys()].join(', ');
    return [problem('/connector', `there is no connector ${service.connector}; there are: ${known}`)];
  }
  const bindings = Object.entries(service.operations).flatMap(([id, { binding }]) =>
    below(pointer('operations', id, 'binding'), connector.bindingProblems(binding)),
  );
  return [...below('/config', connector.configProblems(service.config)), ...bindings];
}

type SchemaCheck = (
  schema: JsonSchema,
) => { readonly ok: true } | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Compiling takes 0.3 to 0.7 ms for a schema of 20 to 30 fields, looking through it 0.08: 5,000 operations with two
 * schemas each would take 3 to 7 s here and at every start. Past this many, what only compiling shows (references that lead to each other
 * without end) shows at the first call, as `SERVICE_INVALID`.
 */
const COMPILED_OPERATIONS = 300;

/** Keywords, patterns and references, as before compiling. */
function looksUsable(schema: JsonSchema): ReturnType<SchemaCheck> {
  const problems = typeof schema === 'boolean' ? [] : prepareSchema(schema).problems;
  return problems.length === 0 ? { ok: true } : { ok: false, problems };
}

function operationProblems(service: Service, id: string, operation: Operation, check: SchemaCheck): readonly Problem[] {
  const at = pointer('operations', id);
  const problems: Problem[] = [];
  for (const part of ['request', 'response'] as const) {
    const compiled = check(operation[part]);
    if (!compiled.ok) problems.push(...below(`${at}/${part}`, compiled.problems));
  }
  const { movesMoney, readOnly, safety, query, policy } = operation;
  if (movesMoney && readOnly) problems.push(problem(`${at}/readOnly`, 'what moves money is not read-only'));
  if (movesMoney && safety === undefined) {
    problems.push(problem(at, 'moves money, so it must declare its safety: idempotent, query or once'));
  }
  if (query && !Object.hasOwn(service.operations, query.operation)) {
    problems.push(problem(`${at}/query/operation`, `the service has no operation ${query.operation}`));
  }
  if (policy?.retry && policy.retry.attempts > 1 && (safety === 'once' || safety === 'query')) {
    problems.push(
      problem(`${at}/policy/retry`, `an operation with the safety ${safety} is never tried again by itself`),
    );
  }
  return problems;
}
