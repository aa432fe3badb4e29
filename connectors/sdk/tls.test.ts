import { expect, test } from 'vitest';
import { tlsOf, tlsProblems } from './tls.ts';

const host = { secret: (name: string) => (name === 'NONE' ? undefined : `PEM of ${name}`), warn() {} };

test('looks up the secrets that are named, and no others', () => {
  expect(tlsOf(host, {})).toEqual({});
  expect(tlsOf(host, { ca: { secret: 'CA' } })).toEqual({ ca: 'PEM of CA' });
  const whole = { ca: { secret: 'CA' }, cert: { secret: 'CERT' }, key: { secret: 'KEY' } };
  expect(tlsOf(host, whole)).toEqual({ ca: 'PEM of CA', cert: 'PEM of CERT', key: 'PEM of KEY' });
});

test('without one of them nothing is opened', () => {
  const missing = { kind: 'refused', mayHaveActed: false, message: 'there is no secret named NONE' };
  expect(() => tlsOf(host, { ca: { secret: 'NONE' } })).toThrow(expect.objectContaining(missing));
});

test('a certificate and its key belong together', () => {
  const alone = [{ pointer: '/tls', message: 'needs both cert and key, or neither' }];
  expect(tlsProblems({ cert: { secret: 'CERT' } })).toEqual(alone);
  expect(tlsProblems({ key: { secret: 'KEY' } })).toEqual(alone);
  expect(tlsProblems({ cert: { secret: 'CERT' }, key: { secret: 'KEY' } })).toEqual([]);
  expect(tlsProblems(undefined)).toEqual([]);
});
