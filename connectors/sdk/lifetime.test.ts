import { describe, expect, test } from 'vitest';
import type { Listening } from './connector.ts';
import { Lifetime } from './lifetime.ts';

const closedError = { kind: 'refused', mayHaveActed: false, message: 'the connection is closed' };

function held<Result>(): { readonly work: () => Promise<Result>; finish(result: Result): void } {
  let finish = (_: Result) => {};
  const working = new Promise<Result>((resolve) => {
    finish = resolve;
  });
  return { work: () => working, finish: (result) => finish(result) };
}

describe('the lifetime of a connection', () => {
  test('ends the listeners first, waits for calls, then disconnects, and all of it once', async () => {
    const events: string[] = [];
    const lifetime = new Lifetime(async () => {
      await new Promise(setImmediate);
      events.push('disconnected');
    });
    await lifetime.listen(async () => ({ close: async () => void events.push('listener closed') }));
    const call = held<void>();
    const calling = lifetime.call(async () => {
      await call.work();
      events.push('call done');
    });
    const closing = lifetime.close();
    expect(lifetime.close()).toBe(closing);
    await new Promise(setImmediate);
    expect(events).toEqual(['listener closed']);
    call.finish();
    await Promise.all([calling, closing]);
    expect(events).toEqual(['listener closed', 'call done', 'disconnected']);
  });

  test('begins nothing after it', async () => {
    const lifetime = new Lifetime();
    await lifetime.close();
    let begun = 0;
    const begin = async () => {
      begun += 1;
      return { close: async () => {} };
    };
    await expect(lifetime.call(begin)).rejects.toMatchObject(closedError);
    await expect(lifetime.listen(begin)).rejects.toMatchObject(closedError);
    expect(() => lifetime.checkOpen()).toThrow('the connection is closed');
    expect(begun).toBe(0);
  });

  test('a call that fails does not keep it from closing', async () => {
    const lifetime = new Lifetime();
    await expect(lifetime.call(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await lifetime.close();
  });

  test('a listener that was only beginning when the connection was closed takes nothing afterwards', async () => {
    const lifetime = new Lifetime();
    const beginning = held<Listening>();
    const listening = lifetime.listen(beginning.work);
    await lifetime.close();
    let isClosed = false;
    beginning.finish({
      close: async () => {
        isClosed = true;
      },
    });
    await expect(listening).rejects.toMatchObject(closedError);
    expect(isClosed).toBe(true);
  });
});
