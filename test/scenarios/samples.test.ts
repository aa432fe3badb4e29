import { existsSync } from 'node:fs';
import { compileSchema } from '@heddle/engine/services/index';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Case } from './case.ts';
import { casesOf, definitionOf, fileOf, flowFolders, readmeOf } from './sample-flows.ts';
import { type LocalStage, openStage } from './stage.ts';

let stage: LocalStage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

describe.each(flowFolders)('%s', (name) => {
  test.each(['flow.json', 'cases.json', 'README.md'])('has its %s', (file) => {
    expect(existsSync(fileOf(name, file))).toBe(true);
  });

  test('is called by its folder, in two languages, and its README names its trigger', () => {
    expect(definitionOf(name)).toMatchObject({
      id: name,
      title: { en: expect.stringMatching(/\w/), zh: expect.stringMatching(/\p{Script=Han}/u) },
      triggers: [{ type: 'http', path: expect.any(String) }],
    });
    const { triggers } = definitionOf(name) as unknown as { triggers: { method: string; path: string }[] };
    for (const { method, path } of triggers) expect(readmeOf(name)).toContain(`${method} /open${path}`);
    expect(readmeOf(name)).toMatch(/\p{Script=Han}{4}/u);
  });

  test('passes the check without a problem', () => {
    expect(stage.engine.check(definitionOf(name)).problems).toEqual([]);
  });

  test('has cases of the published form, happy and unhappy', () => {
    const form = compileSchema(JSON.parse(JSON.stringify(Case)));
    const cases = casesOf(name);
    const problems = cases.flatMap((one) =>
      form.ok && form.validator.check(one) ? [] : [one.name, form.ok && form.validator.problems(one, 'INPUT_INVALID')],
    );
    expect(problems).toEqual([]);
    expect(cases.length).toBeGreaterThanOrEqual(4);
    expect(new Set(cases.map((one) => one.name.en)).size).toBe(cases.length);
    const completed = cases.filter(({ expect: { status } }) => status === 'completed').length;
    expect(completed).toBeGreaterThan(0);
    expect(completed).toBeLessThan(cases.length);
  });
});
