import { expect, test } from 'vitest';
import { hostAndPort } from './host-port.ts';

test.each([
  ['mq.bank.internal:5672', {}, { host: 'mq.bank.internal', port: 5672 }],
  ['mq.bank.internal', { defaultPort: 4222 }, { host: 'mq.bank.internal', port: 4222 }],
  ['mq.bank.internal:1', { defaultPort: 4222 }, { host: 'mq.bank.internal', port: 1 }],
  ['[::1]:65535', { isIpv6Allowed: true }, { host: '[::1]', port: 65_535 }],
  ['[::1]', { isIpv6Allowed: true, defaultPort: 4222 }, { host: '[::1]', port: 4222 }],
])('reads %j with %j', (text, options, expected) => {
  expect(hostAndPort(text, options)).toEqual(expected);
});

test.each([
  'mq.bank.internal',
  'mq:0',
  'mq:65536',
  'mq:123456',
  'mq:',
  ':5672',
  '',
  'a b:1',
  'u@mq:1',
  'mq:1/x',
  '[::1]:1',
])('finds neither host nor port in %j', (text) => {
  expect(hostAndPort(text)).toBeUndefined();
});
