import { describe, expect, test } from 'vitest';
import { callTo, programOf, scopeOf } from '../compile/fixture.ts';
import type { JsonObject } from '../errors.ts';
import { Rehearsal } from './fixture.ts';

const branchesOf = (...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, scopeOf({ [`call-${name}`]: callTo(name) })]));
const idOf = (name: string) => `/join/${name}/call-${name}#1`;
const joining = (more: JsonObject, branches: JsonObject = branchesOf('x', 'y', 'z')) =>
  new Rehearsal(
    programOf({
      join: { type: 'parallel', branches, next: 'after', onError: [{ code: '*', next: 'sorry' }], ...more },
      after: callTo('after'),
      sorry: callTo('sorry'),
    }),
  );

describe('a parallel', () => {
  test('starts all branches at once and waits for all', () => {
    const run = joining({});
    expect(run.waits()).toEqual([idOf('x'), idOf('y'), idOf('z')]);
    run.result(idOf('z'), 3);
    run.result(idOf('x'), 1);
    expect(run.waits()).toEqual([idOf('y')]);
    run.result(idOf('y'), 2);
    expect(run.run.root.steps).toEqual({ 'call-x': 1, 'call-y': 2, 'call-z': 3, join: { x: 1, y: 2, z: 3 } });
    expect(run.waits()).toEqual(['/after#1']);
  });

  test('stops the others when one fails and all are needed', () => {
    const run = joining({});
    run.failure(idOf('y'), { code: 'SERVICE_REFUSED' });
    expect(run.waits()).toEqual(['/sorry#1']);
    expect(run.run.root.error).toMatchObject({ code: 'SERVICE_REFUSED', node: 'call-y' });
    expect(run.history('cancelled')).toEqual([`cancelled ${idOf('x')}`, `cancelled ${idOf('z')}`]);
  });

  test('of which any is needed outlives failures, as long as one can succeed', () => {
    const run = joining({ need: 'any' });
    run.failure(idOf('x'));
    run.failure(idOf('y'));
    expect(run.waits()).toEqual([idOf('z')]);
    run.failure(idOf('z'));
    expect(run.run.root.error).toMatchObject({ code: 'NEED_NOT_MET', details: { errors: [{}, {}, {}] } });
  });

  test('of which two are needed goes on with two, and drops the third', () => {
    const run = joining({ need: 2 });
    run.result(idOf('x'), 1);
    run.result(idOf('z'), 3);
    expect(run.waits()).toEqual(['/after#1']);
    expect(run.asked('cancel-effect')).toEqual([`cancel-effect ${idOf('y')}`]);
    expect(run.result(idOf('y')).disposition).toBe('dropped');
    expect(run.run.root.steps['join']).toEqual({ x: 1, z: 3 });
  });

  test('absorbs its losers: they finish, nobody reads them, and the scope ends after them', () => {
    const run = joining({ need: 'any', losers: 'absorb' });
    run.result(idOf('x'), 1);
    expect(run.waits()).toEqual([idOf('y'), idOf('z'), '/after#1']);
    run.result('/after#1', 'end');
    expect(run.run.status).toBe('running');
    run.result(idOf('y'), 2);
    run.failure(idOf('z'));
    expect(run.run.result).toEqual({ status: 'completed', output: 'end' });
    expect(run.run.root.steps).toEqual({ 'call-x': 1, join: { x: 1 }, after: 'end' });
  });

  test('can be cancelled while it absorbs', () => {
    const run = joining({ need: 'any', losers: 'absorb' });
    run.result(idOf('x'));
    run.cancel();
    expect(run.run.status).toBe('cancelled');
    expect(run.waits()).toEqual([]);
  });

  test('opens only branches whose condition holds; none is no error unless one is needed', () => {
    const only = (holds: boolean, more: JsonObject = {}) =>
      joining(more, { x: { ...scopeOf({ 'call-x': callTo('x') }), if: holds } });
    expect(only(true).waits()).toEqual([idOf('x')]);
    expect(only(false).run.root.steps).toEqual({ join: {} });
    expect(only(false, { need: 'any' }).run.root.error).toMatchObject({ code: 'NEED_NOT_MET' });
  });
});

describe('branches that end in the same step', () => {
  const instant = (name: string) => scopeOf({ [`set-${name}`]: { type: 'set', values: { [name]: 1 } } });
  const failing = (name: string) => scopeOf({ [`fail-${name}`]: { type: 'fail', code: `FAIL_${name.toUpperCase()}` } });

  test.each(['cancel', 'absorb'])('decide the join once when any is enough and losers are told to %s', (losers) => {
    const run = joining({ need: 'any', losers }, { x: instant('x'), y: instant('y'), z: instant('z') });
    expect(run.waits()).toEqual(['/after#1']);
    expect(run.history('completed').filter((line) => line.endsWith('/join#1'))).toHaveLength(1);
    run.result('/after#1', 'end');
    expect(run.run.result).toEqual({ status: 'completed', output: 'end' });
  });

  test('fail the join once', () => {
    const run = joining({}, { x: failing('x'), y: failing('y'), z: failing('z') });
    expect(run.waits()).toEqual(['/sorry#1']);
    expect(run.run.root.error).toMatchObject({ code: 'FAIL_X' });
    run.result('/sorry#1', 'sorry');
    expect(run.run.result).toEqual({ status: 'completed', output: 'sorry' });
  });

  test('of a forEach decide it once', () => {
    const each = { type: 'forEach', items: [1, 2, 3], need: 'any', losers: 'absorb', next: 'after' };
    const run = new Rehearsal(
      programOf({
        each: { ...each, do: scopeOf({ note: { type: 'set', values: { x: 1 } } }) },
        after: callTo('after'),
      }),
    );
    expect(run.waits()).toEqual(['/after#1']);
    expect(run.history('completed').filter((line) => line.endsWith('/each#1'))).toHaveLength(1);
  });
});

describe('names that every object has', () => {
  test('are ordinary node ids and branch names', () => {
    const branches = {
      constructor: scopeOf({ toString: callTo('a') }),
      valueOf: { ...scopeOf({ b: callTo('b') }), if: false },
    };
    const run = new Rehearsal(programOf({ constructor: { type: 'parallel', branches } }));
    expect(run.waits()).toEqual(['/constructor/constructor/toString#1']);
    expect(run.result('/constructor/valueOf/b#1').disposition).toBe('dropped');
    expect(run.result('/constructor/hasOwnProperty/b#1').disposition).toBe('dropped');
    run.result('/constructor/constructor/toString#1', 1);
    expect(run.run.result).toEqual({ status: 'completed', output: { constructor: 1 } });
  });
});
