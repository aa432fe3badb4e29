import { expect, test } from 'vitest';
import { callerOf } from './caller.ts';

test.each([
  ['tenant=t7', { tenant: 't7' }],
  [' tenant = t7 ;ttl=5, channel=app ', { tenant: 't7', channel: 'app' }],
  ['name=%E5%BC%A0', { name: '张' }],
  ['broken, =x, __proto__=x, bad=%E5%, a b=c', undefined],
  ['', undefined],
  [
    Array.from({ length: 40 }, (_, n) => `k${n}=1`).join(','),
    Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`k${n}`, '1'])),
  ],
])('baggage %j', (baggage, attributes) => {
  expect(callerOf({ baggage }).attributes).toEqual(attributes);
});

test('a trace context is handed on as it is; other types of header are none', () => {
  expect(callerOf({ traceparent: '00-x' })).toEqual({ traceparent: '00-x' });
  expect(callerOf({ traceparent: ['a', 'b'], baggage: ['a=b'] })).toEqual({});
});
