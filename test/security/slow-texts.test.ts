import { connectors } from '@heddle/connectors/index';
import { readJson } from '@heddle/connectors/sdk/index';
import { parse } from '@heddle/engine/definition/index';
import { FlowError, type Json } from '@heddle/engine/errors';
import { evaluateLogic, parseDuration, parseFormula } from '@heddle/engine/expression/index';
import { operators } from '@heddle/engine/expression/operators/index';
import { nodeTypes } from '@heddle/engine/nodes/index';
import { compileSchema, parseService } from '@heddle/engine/services/index';
import { parseTraceparent } from '@heddle/engine/telemetry/index';
import { callerOf } from '@heddle/engine/triggers/caller';
import { expect, test } from 'vitest';
import { processorMs } from './processor-time.ts';

const MAX_MS = 100;
const LENGTH = 50_000;
const times = (text: string, count = LENGTH / text.length) => text.repeat(count);

/** What makes matchers that go back and forth take for ever: long runs of what fits, and at the end what does not. */
const TEXTS: readonly string[] = [
  `${times('a')}!`,
  `x@${times('a')}!`,
  `x@${times('a.')}!`,
  `x@${'a'.repeat(200)}!`,
  `a=${times(' ')}"`,
  `a=${times(' ')}x x`,
  `${times(' ')}x`,
  `x${times(' ')}x`,
  `${times('1')}x`,
  `1.${times('0')}1x`,
  `1e${times('9')}`,
  `-${times('0')}.`,
  times('['),
  times('{'),
  times('{{'),
  times('('),
  times('!'),
  times('-'),
  times('%'),
  times(':'),
  times('/*'),
  times('$a$'),
  times('P1D'),
  times('\\'),
  times('"'),
  times('\u0300'),
  `http://${times('a')}\u0000`,
  `${times('a/')}..`,
  times('-----BEGIN '),
];
const beginning = (text: string) => `${text.slice(0, 12)}… of ${text.length}`;

const PATTERNS = [
  '^(a+)+$',
  '^(a|a)*$',
  '^(a|aa)+$',
  '(a*)*b',
  '^(\\w+\\s?)*$',
  '(.*)(.*)(.*)(.*)z',
  '^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*$',
  '(x+x+)+y',
  '(.*a){20}',
];

function checksQuickly(schema: Parameters<typeof compileSchema>[0]): void {
  const compiled = compileSchema(schema);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  for (const text of TEXTS)
    expect
      .soft(
        processorMs(() => compiled.validator.check(text)),
        beginning(text),
      )
      .toBeLessThan(MAX_MS);
}

test.each(PATTERNS)('the pattern %s of a schema answers in milliseconds for whatever text', (pattern) => {
  checksQuickly({ type: 'string', pattern });
});

test.each([
  'date-time',
  'duration',
  'email',
  'idn-email',
  'hostname',
  'uri',
  'uri-template',
  'ipv6',
  'regex',
  'json-pointer',
])('the format %s of a schema answers in milliseconds for whatever text', (format) => {
  checksQuickly({ type: 'string', format });
});

test.each([...operators.keys()])(
  'the operator %s answers in milliseconds for whatever text, or with an error',
  (name) => {
    const data = (text: string) => ({
      now: 0,
      read: (_root: string, key?: string) => (key === undefined ? { text } : text),
    });
    for (const text of TEXTS) {
      for (const count of [1, 2, 3]) {
        const rule = { [name]: Array.from({ length: count }, () => ({ var: 'input.text' })) } as Json;
        const work = () => {
          try {
            evaluateLogic(rule, data(text));
          } catch (error) {
            if (!(error instanceof FlowError)) throw error;
          }
        };
        expect.soft(processorMs(work), `${count} × ${beginning(text)}`).toBeLessThan(MAX_MS);
      }
    }
  },
);

const smtp = (to: string) => ({
  id: 'mail',
  title: 'Mail',
  connector: 'mail',
  config: { host: 'mail.bank' },
  operations: { send: { request: true, response: true, binding: { from: to, to: [to], subject: to } } },
});
const flow = (text: string): Json => ({
  id: 'a',
  title: text,
  input: { type: 'object', patternProperties: { [text]: { type: 'string' } } },
  triggers: [{ type: 'http', method: 'GET', path: `/${text}` }],
  timeout: text,
  start: 'b',
  nodes: { b: { type: 'event', name: text, buffer: text, correlation: { $: { var: text } } } },
});
const http = (text: string) => ({
  id: 'core',
  title: 'Core',
  connector: 'http',
  config: { baseUrl: `http://core/${text}`, headers: { [text]: text }, allowAddresses: [text] },
  operations: {
    do: {
      request: { patternProperties: { [text]: true }, properties: { [text]: { $ref: `#/${text}` } } },
      response: true,
      binding: { method: 'GET', path: `/${text}`, query: [text], headers: { [text]: text } },
    },
  },
});

/** Whatever reads text that comes from outside, or from who describes flows and services. */
const readers: Readonly<Record<string, (text: string) => unknown>> = {
  'baggage and trace context': (text) => callerOf({ baggage: text, traceparent: text }),
  traceparent: (text) => parseTraceparent(text),
  JSON: (text) => [readJson(text), readJson(`[${text}]`), readJson(JSON.stringify({ [text]: text }))],
  'a duration': (text) => parseDuration(text),
  'a formula': (text) => parseFormula(text),
  'a definition': (text) => parse(flow(text), nodeTypes),
  'a mail address': (text) => parseService(smtp(text), connectors),
  'a service by HTTP': (text) => parseService(http(text), connectors),
  'a service by gRPC': (text) =>
    parseService({ ...http(text), connector: 'grpc', config: { address: text, descriptors: text } }, connectors),
  'a statement of SQL': (text) =>
    parseService(
      {
        ...http(text),
        connector: 'sql',
        config: { dialect: 'postgres', database: text, host: text },
        operations: { do: { request: true, response: true, binding: { statement: text, result: 'first' } } },
      },
      connectors,
    ),
};

test.each(Object.entries(readers))('%s is read in milliseconds, whatever the text', (_name, read) => {
  for (const text of TEXTS)
    expect
      .soft(
        processorMs(() => read(text)),
        beginning(text),
      )
      .toBeLessThan(MAX_MS);
});
