import type { Flow, HttpTrigger, Text } from '../definition/index.ts';
import type { Json, JsonObject } from '../errors.ts';

/** The OpenAPI 3.1 document of one published flow: its own endpoint, and each HTTP trigger that it declares. */
export function flowOpenApi(flow: Flow): JsonObject {
  const title = textOf(flow.title) ?? flow.id;
  const input: JsonObject = flow.input ?? { type: 'object' };
  const paths: Record<string, Record<string, Json>> = {
    [`/flows/${flow.id}`]: {
      post: operation(flow, 'start', {
        parameters: [idempotencyKey],
        requestBody: jsonBody(input),
        success: {
          type: 'object',
          required: ['runId', 'status'],
          properties: {
            runId: { type: 'string' },
            status: { type: 'string' },
            outcome: { type: 'string' },
            output: {},
          },
        },
      }),
    },
  };
  for (const [index, trigger] of (flow.triggers ?? []).entries()) {
    if (trigger.type !== 'http') continue;
    const path = `/open${trigger.path}`;
    paths[path] = { ...paths[path], [trigger.method.toLowerCase()]: triggerOperation(flow, trigger, index, input) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title,
      version: '1.0.0',
      description: textOf(flow.description) ?? title,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [],
    tags: [{ name: flow.id, description: title }],
    paths,
    components: { schemas: { Problem: problemSchema } },
  };
}

function triggerOperation(flow: Flow, trigger: HttpTrigger, index: number, input: JsonObject): JsonObject {
  const names = [...trigger.path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? '');
  const properties = (input['properties'] ?? {}) as JsonObject;
  const hasBody = trigger.method !== 'GET' && trigger.method !== 'DELETE';
  const inPath = names.map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: properties[name] ?? { type: 'string' },
  }));
  const required = (input['required'] ?? []) as readonly string[];
  const inQuery = hasBody
    ? []
    : Object.entries(properties)
        .filter(([name]) => !names.includes(name))
        .map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema }));
  return operation(flow, `trigger${index}`, {
    parameters: [...inPath, ...inQuery, idempotencyKey],
    ...(hasBody ? { requestBody: jsonBody(without(input, names)) } : {}),
    success: {},
  });
}

/** The input without what the path says. */
function without(input: JsonObject, names: readonly string[]): JsonObject {
  if (names.length === 0) return input;
  const properties = Object.fromEntries(
    Object.entries((input['properties'] ?? {}) as JsonObject).filter(([name]) => !names.includes(name)),
  );
  return {
    ...input,
    properties,
    required: ((input['required'] ?? []) as readonly string[]).filter((name) => !names.includes(name)),
  };
}

function operation(
  flow: Flow,
  suffix: string,
  {
    parameters,
    requestBody,
    success,
  }: { parameters: readonly JsonObject[]; requestBody?: JsonObject; success: JsonObject },
): JsonObject {
  const problem = (description: string) => ({
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  });
  return {
    operationId: `${flow.id}-${suffix}`,
    summary: textOf(flow.title) ?? flow.id,
    tags: [flow.id],
    parameters,
    ...(requestBody ? { requestBody } : {}),
    responses: {
      200: { description: 'The result', content: { 'application/json': { schema: success } } },
      202: {
        description: 'Accepted and still running; `Location` names the run',
        headers: { Location: { schema: { type: 'string' } } },
      },
      400: problem('The request is malformed'),
      422: problem('The input does not fit, or the flow refused it'),
      500: problem('The run failed'),
      503: problem('Nothing was accepted; see Retry-After'),
    },
  };
}

const jsonBody = (schema: JsonObject): JsonObject => ({ required: true, content: { 'application/json': { schema } } });

const idempotencyKey: JsonObject = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same key with the same body returns the original run',
  schema: { type: 'string', maxLength: 255 },
};

const problemSchema: JsonObject = {
  type: 'object',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    runId: { type: 'string' },
    node: { type: 'string' },
  },
};

function textOf(text: Text | undefined): string | undefined {
  if (text === undefined || typeof text === 'string') return text;
  return text['en'] ?? Object.values(text)[0];
}
