import { describe, expect, test } from 'vitest';
import { readConfig, settings } from './config.ts';
import type { FlowError } from './errors.ts';

/** What is said against an environment; nothing if it is taken. */
function refusal(env: Record<string, string>): string {
  try {
    readConfig(env);
    return '';
  } catch (error) {
    expect((error as FlowError).code).toBe('CONFIG_INVALID');
    return (error as FlowError).message;
  }
}

test('every setting has a default that is accepted', () => {
  expect(readConfig({})).toMatchObject({ host: '127.0.0.1', port: 8080, logLevel: 'info', insecure: false });
  expect(refusal(Object.fromEntries(Object.entries(settings).map(([name, { fallback }]) => [name, fallback])))).toBe(
    '',
  );
});

test('a variable that is no setting is refused by name, and the known ones are listed', () => {
  const text = refusal({ HEDDLE_PROT: '1', PATH: '/bin' });
  expect(text).toContain('HEDDLE_PROT is no setting');
  expect(text).toContain('HEDDLE_PORT');
});

test('all faults are told at once', () => {
  const text = refusal({ HEDDLE_PORT: 'http', HEDDLE_LOG: 'loud', HEDDLE_DRAIN: '-1', HEDDLE_HOST: '0.0.0.0' });
  for (const name of ['HEDDLE_PORT', 'HEDDLE_LOG', 'HEDDLE_DRAIN', 'HEDDLE_HOST']) expect(text).toContain(name);
});

describe('a number', () => {
  test.each(['', ' ', '80.5', '1e3', '0x50', '-1', '65536', '８０'])('is not %j', (value) => {
    expect(refusal({ HEDDLE_PORT: value })).toContain('HEDDLE_PORT');
  });

  test.each(['0', '65535'])('may be %s', (value) => {
    expect(readConfig({ HEDDLE_PORT: value }).port).toBe(Number(value));
  });
});

describe('access from outside', () => {
  test.each(['0.0.0.0', '::', '10.0.0.5', 'example.com', '127.0.0.1.example.com', '1127.0.0.1', ''])(
    'is refused at %j, because there is no access control yet',
    (host) => {
      expect(refusal({ HEDDLE_HOST: host })).toContain('HEDDLE_INSECURE=1');
    },
  );

  test.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1'])('does not come by %s', (host) => {
    expect(readConfig({ HEDDLE_HOST: host }).host).toBe(host);
  });

  test('is allowed when the operator accepts it in so many words', () => {
    expect(readConfig({ HEDDLE_HOST: '0.0.0.0', HEDDLE_INSECURE: '1' }).insecure).toBe(true);
    expect(refusal({ HEDDLE_HOST: '0.0.0.0', HEDDLE_INSECURE: 'true' })).toContain('HEDDLE_INSECURE');
  });
});
