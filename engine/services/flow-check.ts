import { type Flow, fieldsOf, type Node, type NodeShapes, nodeSchema, type Scope } from '../definition/index.ts';
import { type Json, type JsonObject, type Problem, pointer } from '../errors.ts';
import type { ServiceRegistry } from './registry.ts';
import { type Operation, safetyOf } from './service.ts';

/**
 * Checks a sound flow against the catalogue: that what it calls is registered, that required members of the request are
 * given and known, and that a call which moves money says what to do when its outcome is unknown.
 */
export function checkAgainstCatalogue(flow: Flow, shapes: NodeShapes, registry: ServiceRegistry): Problem[] {
  return scopeProblems(flow, '', shapes, registry);
}

function scopeProblems(scope: Scope, at: string, shapes: NodeShapes, registry: ServiceRegistry): Problem[] {
  return Object.entries(scope.nodes).flatMap(([id, node]) => {
    const here = at + pointer('nodes', id);
    const shape = shapes[node.type];
    if (shape === undefined) return [];
    const own =
      node.type === 'call'
        ? callProblems(node, here, registry)
        : node.type === 'emit'
          ? brokerProblems(node['service'], here, registry)
          : [];
    const inner = fieldsOf(nodeSchema(node.type, shape), node as unknown as Json)
      .filter((field) => field.kind === 'scope')
      .flatMap((field) =>
        scopeProblems(field.value as unknown as Scope, here + pointer(...field.path), shapes, registry),
      );
    return [...own, ...inner];
  });
}

/** A broker that an `emit` or a message trigger names. */
export function brokerProblems(service: Json | undefined, at: string, registry: ServiceRegistry): Problem[] {
  if (typeof service !== 'string' || registry.get(service) !== undefined) return [];
  return [{ pointer: `${at}/service`, code: 'unknown-service', message: `${service} is no registered service` }];
}

interface Reference {
  readonly service: string;
  readonly operation: string;
  readonly input: Json;
  readonly at: string;
}

function callProblems(node: Node, at: string, registry: ServiceRegistry): Problem[] {
  const config = node as unknown as JsonObject;
  const service = String(config['service']);
  const query = (config['onUnknown'] as JsonObject | undefined)?.['query'] as JsonObject | undefined;
  const references: Reference[] = [
    { service, operation: String(config['operation']), input: config['input'] ?? {}, at },
  ];
  for (const [part, where] of [
    [config['compensate'] as JsonObject | undefined, '/compensate'],
    [query, '/onUnknown/query'],
  ] as const) {
    if (part)
      references.push({
        service: String(part['service'] ?? service),
        operation: String(part['operation']),
        input: part['input'] ?? {},
        at: at + where,
      });
  }
  const problems = references.flatMap((reference) => referenceProblems(reference, registry));
  if (problems.length > 0) return problems;
  const { operation } = registry.resolve(service, String(config['operation']));
  if (operation.movesMoney && safetyOf(operation) === 'query' && query === undefined) {
    return [
      {
        pointer: at,
        code: 'on-unknown',
        message: `${service}.${String(config['operation'])} moves money and must be asked before it is repeated: add onUnknown with its status query`,
      },
    ];
  }
  return [];
}

function referenceProblems({ service, operation, input, at }: Reference, registry: ServiceRegistry): Problem[] {
  const registered = registry.get(service);
  if (registered === undefined)
    return [{ pointer: `${at}/service`, code: 'unknown-service', message: `${service} is no registered service` }];
  const { operations } = registered.service;
  const found = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  if (found === undefined) {
    return [
      {
        pointer: `${at}/operation`,
        code: 'unknown-operation',
        message: `${service} has no operation ${operation}; it has ${someOf(Object.keys(operations))}`,
      },
    ];
  }
  return inputProblems(found, input, `${at}/input`);
}

const MOST_NAMES = 20;

/** Names for a message; of a service with thousands only the first. */
const someOf = (names: readonly string[]) =>
  names.length <= MOST_NAMES
    ? names.join(', ')
    : `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`;

/** What can be told of an input before its expressions are evaluated: its members. */
function inputProblems(operation: Operation, input: Json, at: string): Problem[] {
  const schema = operation.request;
  if (
    typeof schema === 'boolean' ||
    input === null ||
    typeof input !== 'object' ||
    Array.isArray(input) ||
    '$' in input
  )
    return [];
  const members = input as JsonObject;
  const required = Array.isArray(schema['required']) ? (schema['required'] as string[]) : [];
  const properties = (schema['properties'] ?? {}) as { readonly [name: string]: unknown };
  const missing = required
    .filter((name) => !Object.hasOwn(members, name))
    .map((name) => ({ pointer: at, code: 'input-missing', message: `the operation requires \`${name}\`` }));
  const closed = schema['additionalProperties'] === false;
  const unknown = closed ? Object.keys(members).filter((name) => !Object.hasOwn(properties, name)) : [];
  return [
    ...missing,
    ...unknown.map((name) => ({
      pointer: at + pointer(name),
      code: 'input-unknown',
      message: `the operation has no member \`${name}\`; it has ${Object.keys(properties).join(', ')}`,
    })),
  ];
}
