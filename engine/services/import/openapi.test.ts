import { readFileSync } from 'node:fs';
import { connectors } from '@heddle/connectors/index';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FlowError } from '../../errors.ts';
import { parseService } from '../parse.ts';
import { compileSchema } from '../schema.ts';
import { fitToConnector } from './merge.ts';
import { importOpenApi } from './openapi.ts';

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');
const importText = (text: string, more: object = {}) => importOpenApi({ text, ...more });
const pets = await importText(fixture('pets-2.0.json'));
const orders = await importText(fixture('orders-3.0.yaml'));
const baseUrl = 'http://127.0.0.1:9/api';
const tree = await importText(fixture('tree-3.1.json'), { baseUrl });

/** A document of one operation. */
const small = (operation: object, more: object = {}, path = '/things') =>
  JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'Small' },
    servers: [{ url: 'http://h' }],
    paths: { [path]: { post: { operationId: 'op', responses: {}, ...operation } } },
    ...more,
  });
const bodyOf = (schema: unknown) => ({ requestBody: { content: { 'application/json': { schema } } } });
const only = async (operation: object, more: object = {}, path?: string) =>
  (await importText(small(operation, more, path))).service.operations['op'];

async function refusal(text: string, more: object = {}): Promise<string> {
  const error = await importText(text, more).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(FlowError);
  expect(error).toMatchObject({ code: 'IMPORT_INVALID', details: { problems: [{ pointer: expect.any(String) }] } });
  return (error as FlowError).message;
}

test.each([
  ['2.0 as JSON', pets, ['listPets', 'postPets', 'getPetsByPetId', 'delete_pet', 'login']],
  ['3.0 as YAML', orders, ['getOrder', 'getOrder2', 'postOrdersByIdPayments', 'search', 'order.report']],
  ['3.1 with circular schemas', tree, ['getNode', 'putNode', 'outside']],
])('a document of %s becomes a service that the catalogue takes', (_name, { service }, operations) => {
  expect(Object.keys(service.operations)).toEqual(operations);
  expect(parseService(service, connectors)).toMatchObject({ ok: true });
});

describe('where calls go', () => {
  test('is the first server, with the defaults of its variables', () => {
    expect(orders.service.config).toEqual({ baseUrl: 'https://eu.orders.example.com/api' });
    expect(pets.service.config).toEqual({ baseUrl: 'https://pets.example.com/v1' });
  });

  test('is what the caller says, before the registered service, before the document', async () => {
    const text = fixture('orders-3.0.yaml');
    const baseUrls = { 'order-desk': 'http://registered' };
    expect((await importText(text, { baseUrls })).service.config['baseUrl']).toBe('http://registered');
    expect((await importText(text, { baseUrls, baseUrl: 'http://said/' })).service.config['baseUrl']).toBe(
      'http://said',
    );
  });

  test.each([
    [{ servers: [{ url: '/v1' }] }, '/v1 does not say which host'],
    [{ servers: [] }, 'the document names no server'],
    [{ servers: [{ url: 'https://{host}/' }] }, 'its variable host has no default'],
  ])('has to be said where the document does not: %j', async (more, reason) => {
    const message = await refusal(small({}, more));
    expect(message).toContain(reason);
    expect(message).toContain('Give baseUrl');
  });

  test('may be a longer path of the same server for one operation, and no other host', async () => {
    expect((await only({ servers: [{ url: 'http://h/v2' }] }))?.binding['path']).toBe('/v2/things');
    expect(await refusal(small({ servers: [{ url: 'http://other' }] }))).toContain('another server');
    expect(await refusal(small({ servers: [{ url: '/v2' }] }))).toContain(
      'cannot be used: /v2 does not say which host',
    );
  });
});

describe('reading and acting', () => {
  test('what reads is idempotent, what acts is done once, unless the document says otherwise', () => {
    const safety = (id: string) => [orders.service.operations[id]?.readOnly, orders.service.operations[id]?.safety];
    expect(safety('getOrder')).toEqual([true, 'idempotent']);
    expect(safety('postOrdersByIdPayments')).toEqual([undefined, 'once']);
    expect(safety('getOrder2')).toEqual([undefined, 'idempotent']);
    expect(safety('order.report')).toEqual([undefined, 'idempotent']);
  });
});

describe('the input', () => {
  test('is one object of parameters and members of the body, also of those inherited by allOf', () => {
    const put = orders.service.operations['getOrder2'];
    expect(put?.request).toMatchObject({
      properties: { id: {}, total: { $ref: '#/$defs/Money' }, customer: { type: ['string', 'null'] }, idInPath: {} },
      required: ['id', 'total', 'customer', 'idInPath'],
    });
    expect(put?.binding).toMatchObject({
      path: '/orders/{idInPath}',
      headers: { xTraceId: 'X-Trace-ID' },
      body: 'json',
    });
  });

  test('does not ask for what only the service sets', () => {
    expect(pets.service.operations['postPets']?.request).toMatchObject({ required: ['name'] });
    expect(pets.service.operations['getPetsByPetId']?.response).toMatchObject({
      $defs: { Pet: { required: ['id', 'name'] } },
    });
  });

  test('keeps lists that are repeated in the query, and takes those joined by commas as a text', () => {
    expect(pets.service.operations['listPets']?.request).toMatchObject({
      properties: {
        tags: { type: 'array' },
        ids: { type: 'string', description: '(values joined by commas)' },
        limit: { maximum: 100, default: 20 },
      },
    });
  });

  test('of a form keeps its fields', () => {
    expect(pets.service.operations['login']?.binding).toMatchObject({ body: 'form' });
  });

  test('may be a list where nothing else travels with it, with its example', () => {
    expect(orders.service.operations['order.report']?.request).toMatchObject({ type: 'array', examples: [['a', 'b']] });
  });

  test('names a placeholder that nobody described', async () => {
    const operation = await only({}, {}, '/things/{id}');
    expect(operation?.request).toMatchObject({ properties: { id: { type: 'string' } }, required: ['id'] });
  });

  test.each([
    [
      'a required deepObject',
      { parameters: [{ name: 'f', in: 'query', required: true, style: 'deepObject' }] },
      'deepObject',
    ],
    ['a required cookie', { parameters: [{ name: 'c', in: 'cookie', required: true }] }, 'cookies'],
    ['only multipart', { requestBody: { content: { 'multipart/form-data': {} } } }, 'multipart/form-data'],
    ['a body elsewhere', { requestBody: { $ref: 'x.yaml' } }, 'outside of the document'],
    ['an answer in XML', { responses: { 200: { content: { 'application/xml': {} } } } }, 'application/xml'],
  ])('leaves out an operation with %s, and says why', async (_name, operation, reason) => {
    expect(await refusal(small(operation))).toContain(reason);
  });
});

describe('schemas', () => {
  test('that refer to themselves still check values', () => {
    const compiled = compileSchema(tree.service.operations['getNode']?.response ?? true);
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
    const leaf = { id: 'a', parent: null, children: [] };
    expect(compiled.validator.check({ ...leaf, children: [leaf, { ...leaf, parent: leaf }] })).toBe(true);
    expect(compiled.validator.check({ ...leaf, children: [{}] })).toBe(false);
  });

  test.each([
    ['{"type":"string","nullable":true,"enum":["a"]}', { type: ['string', 'null'], enum: ['a', null] }],
    ['{"type":"integer","minimum":0,"exclusiveMinimum":true}', { type: 'integer', exclusiveMinimum: 0 }],
    ['{"type":"integer","maximum":9223372036854775807}', { type: 'integer' }],
    ['{"type":"string","example":"x","xml":{},"x-a":1}', { type: 'string', examples: ['x'] }],
    ['{"type":"strnig"}', {}],
    ['{"$id":"http://x","type":"object","required":true}', { type: 'object' }],
  ])('%s becomes JSON Schema', async (schema, expected) => {
    const text = small(bodyOf({ type: 'object', properties: { a: 0 } })).replace('"a":0', () => `"a":${schema}`);
    const request = (await importText(text)).service.operations['op']?.request;
    expect(request).toEqual({ type: 'object', properties: { a: expected } });
  });

  test('lose a pattern that cannot be checked in time, and say so', () => {
    expect(orders.skipped).toContainEqual(
      expect.objectContaining({ pointer: '/components/schemas/Note/pattern', what: 'pattern' }),
    );
  });

  test('keep every variant of oneOf, with nothing but the body to send', async () => {
    const operation = await only(bodyOf({ oneOf: [{ type: 'object' }] }));
    expect(operation?.request).toEqual({ oneOf: [{ type: 'object' }] });
  });

  test('may overlap where a discriminator says which is meant', async () => {
    const kind = (member: string) => ({ properties: { kind: { type: 'string' }, [member]: { type: 'string' } } });
    const oneOf = [kind('bark'), kind('purr')];
    const operation = await only(bodyOf({ oneOf, discriminator: { propertyName: 'kind' } }));
    expect(operation?.request).toEqual({ anyOf: oneOf });
  });
});

test('a schema that leads in a circle without a step into the value takes anything, and that is told', async () => {
  const part = (name: string) => ({ allOf: [{ $ref: `#/components/schemas/${name}` }] });
  const components = { schemas: { A: part('B'), B: part('A') } };
  const { service, skipped } = await importText(small(bodyOf({ type: 'array', items: part('A') }), { components }));
  expect(parseService(service, connectors)).toMatchObject({ ok: true });
  const direct = await importText(small(bodyOf({ not: { $ref: '#/components/schemas/A' } }), { components }));
  expect(direct.service.operations['op']?.request).toBe(true);
  expect([...skipped, ...direct.skipped].map(({ what }) => what)).toEqual(['request schema', 'request schema']);
});

test('nothing outside the document is read: every such reference is listed', () => {
  const reasons = tree.skipped.map(({ pointer, reason }) => `${pointer} ${reason}`).join('\n');
  for (const target of [
    'file:///etc/passwd',
    '../x.yaml',
    'http://127.0.0.1/x.json#/a',
    '/etc/hostname',
    './paths.yaml',
  ]) {
    expect(reasons).toContain(`"${target}`);
  }
  expect(JSON.stringify(tree)).not.toContain('root:');
});

test('says what the service wants for a credential, and imports none', () => {
  expect(pets.warnings.join('\n')).toContain('API key in the header X-Shop-Key');
  expect(pets.service.operations['listPets']?.binding).not.toHaveProperty('headers');
});

const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f', 'g']
  .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdef'[index]}`)}]`)
  .join('\n')}\nopenapi: 3.0.0\npaths: {}`;
test.each([
  ['', 'empty'],
  ['{"openapi": "3.1.0",\n "paths": }', 'line 2'],
  ['openapi: 3.0.0\n a: [', 'line'],
  ['just words', 'not an OpenAPI document'],
  ['<html></html>', 'HTML'],
  ['[]', 'not an OpenAPI document'],
  ['{"a": 1}', 'neither `openapi` nor `swagger`'],
  ['{"openapi": "4.0.0", "paths": {}}', '2.0, 3.0 and 3.1'],
  ['{"openapi": "3.1.0", "paths": {}, "servers": [{"url": "http://h"}]}', 'no operations'],
  ['openapi: 3.0.0\nx: &x\n  y: *x\npaths: {}', 'holds itself'],
  [bomb, 'alias'],
])('refuses %j with the place and the cure', async (text, part) => {
  expect(await refusal(text)).toContain(part);
});

test('refuses brackets without end, and is quick about it', async () => {
  expect(await refusal('['.repeat(100_000))).toContain('line 1');
});

const places = ['2.0', '3.0', '3.1'];
const values = fc.constantFrom<unknown>(null, 0, -1, '', 'x', [], {}, true, [null], { $ref: '#' }, { $ref: '#/paths' });
const ways = fc.array(fc.tuple(fc.array(fc.nat(), { minLength: 1, maxLength: 12 }), values), {
  minLength: 1,
  maxLength: 4,
});
const documents = [fixture('pets-2.0.json'), JSON.stringify(await yamlOf('orders-3.0.yaml')), fixture('tree-3.1.json')];

test.each(documents.map((text, index) => [places[index], text] as const))(
  'a damaged document of %s is imported or refused, never more',
  async (_version, text) => {
    await fc.assert(
      fc.asyncProperty(ways, async (changes) => {
        const document: unknown = JSON.parse(text);
        for (const [way, value] of changes) damage(document, way, structuredClone(value));
        const imported = await importText(JSON.stringify(document), { baseUrl }).catch((error: unknown) => error);
        if (imported instanceof FlowError) {
          expect(imported.code).toBe('IMPORT_INVALID');
          return;
        }
        try {
          const { service } = fitToConnector(imported as typeof pets, connectors);
          expect(parseService(service, connectors)).toMatchObject({ ok: true });
        } catch (error) {
          if (!(error instanceof FlowError)) throw error;
        }
      }),
      { numRuns: 100 },
    );
  },
  60_000,
);

test('damaged text is imported or refused', async () => {
  const text = fixture('orders-3.0.yaml');
  await fc.assert(
    fc.asyncProperty(
      fc.nat(text.length),
      fc.nat(40),
      fc.string({ unit: 'binary', maxLength: 5 }),
      async (at, cut, put) => {
        const imported = await importText(text.slice(0, at) + put + text.slice(at + cut)).catch(
          (error: unknown) => error,
        );
        if (imported instanceof Error) expect(imported).toMatchObject({ code: 'IMPORT_INVALID' });
      },
    ),
    { numRuns: 100 },
  );
}, 60_000);

async function yamlOf(name: string): Promise<unknown> {
  const { normalize } = await import('@scalar/openapi-parser');
  return normalize(fixture(name));
}

/** Follows a way of numbers into a document and puts a value there. */
function damage(root: unknown, way: readonly number[], value: unknown): void {
  let at = root;
  for (const [index, step] of way.entries()) {
    if (typeof at !== 'object' || at === null) return;
    const keys = Object.keys(at);
    const key = keys[step % Math.max(1, keys.length)];
    if (key === undefined) return;
    const next: unknown = Reflect.get(at, key);
    if (index === way.length - 1 || typeof next !== 'object' || next === null) return void Reflect.set(at, key, value);
    at = next;
  }
}
