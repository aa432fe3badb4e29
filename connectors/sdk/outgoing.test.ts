import { expect, test } from 'vitest';
import { createDeadlines } from './deadline.ts';
import { bytesOf, headersOf } from './outgoing.ts';

const context = {
  idempotencyKey: 'run-7:/tell#1',
  attempt: 2,
  traceparent: '00-a-b-01',
  serialNumber: 'S7',
  deadline: createDeadlines().start(1_000),
  maxResponseBytes: 1_000,
};

test('beside a message goes what the call says of itself, then what the flow gives', () => {
  expect(headersOf(context, { headers: { channel: 'mobile 银行' } })).toEqual([
    ['X-Attempt', '2'],
    ['traceparent', '00-a-b-01'],
    ['X-Serial-Number', 'S7'],
    ['channel', 'mobile 银行'],
  ]);
});

test.each([
  [{ headers: { note: 'a\r\nother: b' } }, 'header note must not contain line breaks'],
  [{ headers: { note: 'x'.repeat(8_193) } }, 'longer than 8192'],
  [{ headers: { note: '\ud800' } }, 'not well-formed Unicode'],
  [{ headers: { 'no te': 'a' } }, 'a header cannot be named "no te"'],
  [{ headers: { '': 'a' } }, 'a header cannot be named ""'],
  [{ headers: { Traceparent: 'a' } }, 'header Traceparent is set from the call'],
  [{ headers: { 'Idempotency-Key': 'a' } }, 'header Idempotency-Key is set from the call'],
  [{ key: 'a\0b' }, 'the key must not contain'],
])('%j is refused before anything is sent', (message, reason) => {
  expect(() => headersOf(context, message)).toThrow(expect.objectContaining({ kind: 'refused', mayHaveActed: false }));
  expect(() => headersOf(context, message)).toThrow(reason);
});

test('a key that would break out of its line is refused', () => {
  expect(() => headersOf({ ...context, idempotencyKey: 'a\nb' })).toThrow('the idempotency key must not contain');
});

test('a payload is JSON in UTF-8', () => {
  expect(bytesOf({ name: '张三' }).toString()).toBe('{"name":"张三"}');
});
