import { callTo, scopeOf } from '@heddle/engine/compile/fixture';
import { describe, expect, test } from 'vitest';
import { drive, echo, path, silentTo, start } from './driver.ts';

describe('state and triggers', () => {
  const deferred = {
    first: {
      type: 'parallel',
      need: 'any',
      losers: 'cancel',
      branches: {
        approved: scopeOf({ yes: { type: 'event', name: 'approved', next: 'pay' }, pay: callTo('pay') }),
        refused: scopeOf({ no: { type: 'event', name: 'refused', next: 'tell' }, tell: callTo('tell') }),
        late: scopeOf({ pause: { type: 'wait', for: '1d', next: 'remind' }, remind: callTo('remind') }),
      },
    },
  };

  test.each([
    { happens: 'approved', taken: 'pay' },
    { happens: 'refused', taken: 'tell' },
    { happens: undefined, taken: 'remind' },
  ])('WCP-16 deferred choice: what happens first, $happens, decides', ({ happens, taken }) => {
    const run = start(deferred);
    expect(run.waits()).toEqual(['/first/approved/yes#1', '/first/refused/no#1', '/first/late/pause#1']);
    if (happens) run.signal(happens);
    drive(run, echo());
    expect(run.asked('call')).toEqual([`call /first/${happens ?? 'late'}/${taken}#1`]);
    expect(run.asked('cancel-effect')).toHaveLength(happens ? 3 : 2);
    expect(run.run.status).toBe('completed');
  });

  test('WCP-23 transient trigger: a signal that nobody waits for is lost, and its sender is told', () => {
    const run = start({ a: callTo('a', { next: 'go' }), go: { type: 'event', name: 'go', buffer: 'none' } });
    expect(run.signal('go', 'early').disposition).toBe('refused');
    run.result('/a#1');
    expect(run.waits()).toEqual(['/go#1']);
    expect(run.signal('go', 'in time').disposition).toBe('applied');
    expect(run.run.result).toEqual({ status: 'completed', output: 'in time' });
    expect(run.history('signal')).toHaveLength(1);
  });

  test('WCP-24 persistent trigger: a signal that comes early is kept until somebody waits for it', () => {
    const run = start({ a: callTo('a', { next: 'go' }), go: { type: 'event', name: 'go', buffer: 'forever' } });
    expect(run.signal('go', 'early').disposition).toBe('applied');
    run.result('/a#1');
    expect(run.run.result).toEqual({ status: 'completed', output: 'early' });
    expect(run.asked()).toEqual(['call /a#1', 'finish']);
    expect(path(run)).toEqual(['a', 'go']);
  });
});

describe('cancellation', () => {
  test('WCP-19 cancel task: one step is stopped, the rest of the flow goes on', () => {
    const run = start({
      limited: {
        type: 'try',
        do: scopeOf({ slow: callTo('slow') }),
        timeout: '1m',
        catch: [{ code: 'SCOPE_TIMEOUT', next: 'after' }],
        next: 'after',
      },
      after: callTo('after'),
    });
    drive(run, silentTo('slow'));
    expect(path(run)).toEqual(['limited', 'slow', 'after']);
    expect(run.asked()).toEqual([
      'timer /limited#1:timeout',
      'call /limited/slow#1',
      'cancel-effect /limited/slow#1',
      'call /after#1',
      'finish',
    ]);
    expect(run.run.status).toBe('completed');
  });

  test('WCP-20 cancel case: the whole run is stopped, wherever it is', () => {
    const run = start({
      split: {
        type: 'parallel',
        branches: {
          x: scopeOf({ each: { type: 'forEach', items: [1, 2], do: scopeOf({ pay: callTo('pay') }) } }),
          y: scopeOf({ pause: { type: 'wait', for: '1h' } }),
          z: scopeOf({ sign: { type: 'task', due: '1d' } }),
        },
      },
    });
    expect(run.waits()).toHaveLength(5);
    run.cancel();
    expect(run.waits()).toEqual([]);
    expect(run.asked('cancel-effect')).toHaveLength(5);
    expect(run.run.result).toEqual({ status: 'cancelled', reason: 'by request' });
    expect(run.result('/split/x/each[0]/pay#1').disposition).toBe('finished');
  });

  test('WCP-25 cancel region: everything inside a region is stopped, everything outside goes on', () => {
    const inside = { type: 'parallel', branches: { p: scopeOf({ a: callTo('a') }), q: scopeOf({ b: callTo('b') }) } };
    const run = start({
      both: {
        type: 'parallel',
        branches: {
          x: scopeOf({
            region: {
              type: 'try',
              do: scopeOf({ work: inside }),
              timeout: '1m',
              catch: [{ code: 'SCOPE_TIMEOUT', next: 'sorry' }],
            },
            sorry: callTo('sorry'),
          }),
          y: scopeOf({ other: callTo('other') }),
        },
      },
    });
    run.timer('/both/x/region#1:timeout');
    expect(run.asked('cancel-effect')).toEqual([
      'cancel-effect /both/x/region/work/p/a#1',
      'cancel-effect /both/x/region/work/q/b#1',
    ]);
    expect(run.waits()).toEqual(['/both/y/other#1', '/both/x/sorry#1']);
    drive(run, echo());
    expect(run.run.status).toBe('completed');
  });

  test('WCP-26 cancel multiple instance activity: all its instances are stopped, those done stay done', () => {
    const run = start({
      limited: {
        type: 'try',
        do: scopeOf({
          each: { type: 'forEach', items: [1, 2, 3], concurrency: 2, do: scopeOf({ pay: callTo('pay') }) },
        }),
        timeout: '1m',
        catch: [{ code: '*', next: 'after' }],
      },
      after: callTo('after'),
    });
    run.result('/limited/each[0]/pay#1');
    run.timer('/limited#1:timeout');
    expect(run.asked('cancel-effect')).toEqual([
      'cancel-effect /limited/each[1]/pay#1',
      'cancel-effect /limited/each[2]/pay#1',
    ]);
    expect(run.history('completed')).toEqual(['completed /limited/each[0]/pay#1']);
    expect(run.waits()).toEqual(['/after#1']);
  });
});
