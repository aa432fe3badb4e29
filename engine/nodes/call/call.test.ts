import { describe, expect, test } from 'vitest';
import { call } from './call.ts';

const config = { type: 'call', service: 'bank', operation: 'pay' };

describe('call', () => {
  test('leads on by one port, and lets time pass', () => {
    expect(call.ports(config)).toEqual(['next']);
    expect(call.acts).toBe(true);
  });

  test('compiles to a call with an empty input, and nothing that was not asked for', () => {
    expect(call.compile({ id: 'a', config })).toEqual({
      activity: { kind: 'call', service: 'bank', operation: 'pay', input: {} },
    });
  });

  test('fills in a patient retry and its own service for its compensation', () => {
    const compensate = { operation: 'refund', input: { id: 1 } };
    expect(call.compile({ id: 'a', config: { ...config, timeout: '2s', compensate } }).activity).toEqual({
      kind: 'call',
      service: 'bank',
      operation: 'pay',
      input: {},
      timeoutMs: 2_000,
      compensate: {
        service: 'bank',
        operation: 'refund',
        input: { id: 1 },
        retry: { attempts: 10, backoff: 'exponential', delayMs: 500, maxDelayMs: 60_000, jitter: true },
      },
    });
  });

  test('takes another service and another retry for its compensation', () => {
    const compensate = { service: 'desk', operation: 'refund', input: {}, retry: { attempts: 2, delay: '1s' } };
    expect(call.compile({ id: 'a', config: { ...config, compensate } }).activity).toMatchObject({
      compensate: { service: 'desk', retry: { attempts: 2, delayMs: 1_000 } },
    });
  });

  test('asks for an unknown outcome every five seconds for five minutes, then an operator', () => {
    const onUnknown = { query: { operation: 'status', input: {} }, decide: [{ if: true, then: 'failed' }] };
    expect(call.compile({ id: 'a', config: { ...config, onUnknown } }).activity).toMatchObject({
      onUnknown: { service: 'bank', operation: 'status', everyMs: 5_000, maxWaitMs: 300_000, otherwise: 'operator' },
    });
  });

  test.each([
    { more: {}, durable: false },
    { more: { compensate: { operation: 'refund', input: {} } }, durable: true },
    { more: { onUnknown: {} }, durable: true },
  ])('with $more needs a durable flow: $durable', ({ more, durable }) => {
    expect(call.durableOnly({ ...config, ...more })).toBe(durable);
  });
});
