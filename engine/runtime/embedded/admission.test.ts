import { expect, test } from 'vitest';
import { Admission } from './admission.ts';

/** An admission over a number of runs that the test sets. */
function admissionOf(maxActiveRuns: number) {
  const runs = { active: 0 };
  return { runs, admission: new Admission({ maxActiveRuns, active: () => runs.active }) };
}

const classes = [
  ['high', false],
  ['high', true],
  ['normal', false],
  ['normal', true],
  ['low', false],
  ['low', true],
] as const;

test.each([
  { active: 39, taken: 6 },
  { active: 40, taken: 5 },
  { active: 50, taken: 4 },
  { active: 65, taken: 3 },
  { active: 80, taken: 2 },
  { active: 90, taken: 1 },
  { active: 100, taken: 0 },
])('with $active of 100 runs active the $taken most important of six classes are taken', ({ active, taken }) => {
  const { runs, admission } = admissionOf(100);
  runs.active = active;
  const refused = classes.map(([priority, background]) => admission.refuse(priority, background) !== undefined);
  expect(refused).toEqual(classes.map((_, index) => index >= taken));
  expect(admission.isTight).toBe(taken < 6);
});

test('a refusal says how many runs are active and when to come again, and is counted by class', () => {
  const { runs, admission } = admissionOf(10);
  runs.active = 10;
  expect(admission.refuse('low', false)).toEqual({
    code: 'OVERLOADED',
    detail: '10 runs are active, as many as this engine takes (priority low)',
    retryAfterMs: 1_000,
  });
  admission.refuse('low', true);
  expect([...admission.figures().refused]).toEqual([['low', 2]]);
});

/** Samples of the loop, 10 ms apart. */
const pass = (admission: Admission, ms: number, lateMs: number) => {
  for (let n = 0; n < ms / 10; n += 1) admission.late(lateMs);
};

test('while the loop is late the limit falls below the active runs, but not before what was too much has ended', () => {
  const { runs, admission } = admissionOf(2_000);
  runs.active = 500;
  pass(admission, 100, 20);
  expect(admission.figures().limit).toBe(450);
  pass(admission, 1_000, 20);
  expect(admission.figures().limit).toBe(450);
  runs.active = 450;
  pass(admission, 50, 20);
  expect(admission.figures().limit).toBeCloseTo(405);
});

test('a flood of one priority lowers the limit for itself: those above it are taken all the while', () => {
  const { runs, admission } = admissionOf(2_000);
  runs.active = 500;
  pass(admission, 50, 20);
  for (let n = 0; n < 200; n += 1) {
    runs.active = Math.ceil(Math.min(runs.active, admission.figures().limit * 0.8));
    if (n % 3 === 0) expect(admission.refuse('normal', false)).toBeDefined();
    pass(admission, 50, 20);
    expect(admission.refuse('high', false)).toBeUndefined();
  }
  expect(admission.figures().limit).toBe(100);
});

test('the limit never falls below a twentieth of the largest, whatever makes the loop late', () => {
  const { runs, admission } = admissionOf(2_000);
  runs.active = 3;
  pass(admission, 60_000, 1_000);
  expect(admission.figures().limit).toBe(100);
  expect(admission.refuse('normal', false)).toBeUndefined();
});

test('slow commits lower the limit as a late loop does', () => {
  const { runs, admission } = admissionOf(2_000);
  runs.active = 500;
  for (let n = 0; n < 100; n += 1) admission.committed(100);
  pass(admission, 50, 0);
  expect(admission.figures().limit).toBe(450);
});

test('when the lateness is over the limit is back at the largest within four seconds', () => {
  const { runs, admission } = admissionOf(2_000);
  runs.active = 100;
  pass(admission, 10_000, 50);
  expect(admission.figures().limit).toBe(100);
  pass(admission, 4_000, 0);
  expect(admission.figures().limit).toBe(2_000);
});

test('near the intended lateness the limit stays where it is', () => {
  const { runs, admission } = admissionOf(2_000);
  runs.active = 500;
  pass(admission, 50, 50);
  const { limit } = admission.figures();
  runs.active = limit;
  pass(admission, 300, 0);
  pass(admission, 200, 4.5);
  const settled = admission.figures().limit;
  pass(admission, 10_000, 4.5);
  expect(admission.figures().limit).toBe(settled);
});

test('between two samples no more starts are taken than a burst, the most important ones last', () => {
  const { admission } = admissionOf(100_000);
  admission.late(0);
  const takes = (priority: 'high' | 'normal' | 'low') => {
    let count = 0;
    while (admission.admit(priority, false) === undefined) count += 1;
    return count;
  };
  expect([takes('low'), takes('normal'), takes('high')]).toEqual([125, 75, 50]);
  admission.late(0);
  expect(takes('low')).toBe(125);
});

test('an express run counts until it has ended, however it ends', async () => {
  const { admission } = admissionOf(1);
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const first = admission.during(() => ended);
  expect(admission.refuse('high', false)).toBeDefined();
  end();
  await first;
  await expect(admission.during(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(admission.refuse('high', false)).toBeUndefined();
});
