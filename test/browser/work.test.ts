import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { barriers } from './axe.ts';
import { chromiumPath } from './chromium.ts';
import { openStage, type Stage } from './stage.ts';

const ask = (question: string) => ({
  type: 'task',
  title: question,
  actions: [{ id: 'yes', title: 'Agree' }, { id: 'no' }],
});
const asking = (question: string) => ({
  id: 'asking',
  title: 'Asking people',
  start: 'ask',
  nodes: { ask: { ...ask(question), next: 'done' }, done: { type: 'end', outcome: 'asked' } },
});
const hostile = '<img src=x onerror="window.hacked = true"><script>window.hacked = true</script>';

describe.skipIf(chromiumPath === undefined)('working with flows', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage?.close());

  const send = async (method: string, path: string, body: unknown) => {
    const response = await fetch(stage.engine.url + path, {
      method,
      headers: { 'content-type': 'application/json', 'heddle-user': 'wang' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as { readonly [member: string]: unknown } };
  };
  const publish = async (definition: { readonly id: string }, note = '') =>
    expect((await send('POST', `/flows/${definition.id}/versions`, { definition, note })).status).toBe(201);

  test('a simulation stops at a breakpoint, shows data at each step, and paints its way', {
    timeout: 60_000,
  }, async () => {
    const { page, context, complaints } = await stage.visit('/app/designer/online-loan');
    await page.getByRole('tab', { name: 'Simulate' }).click();
    await page.getByRole('button', { name: 'One step' }).click();
    await page.locator('.heddle-trial-step').first().waitFor();
    const before = await page.locator('.heddle-trial-step').count();
    await page.getByRole('button', { name: 'Run to the end' }).click();
    await expect.poll(() => page.locator('.heddle-trial-step').count()).toBeGreaterThan(before);
    const path = await page.locator('.heddle-trial-node').allTextContents();
    const third = (path[2] ?? '').split('/').at(-1) ?? '';
    await page.locator('.heddle-trial-step', { hasText: third }).first().click();
    await page.getByRole('button', { name: 'Break at the selected node' }).click();
    await page.getByRole('button', { name: 'Clear the result' }).click();
    await page.getByRole('button', { name: 'Run to the end' }).click();
    await expect.poll(async () => (await page.locator('.heddle-trial-node').allTextContents()).at(-1)).toContain(third);
    await stage.shoot(page, 'simulated');
    expect(await barriers(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('a version is compared with the draft, brought back, and that can be undone', async () => {
    await publish(asking('Shall we?'), 'the first');
    await publish(asking('Shall we really?'), 'the second');
    const { page, context, complaints } = await stage.visit('/app/designer/asking');
    await page.getByRole('button', { name: 'Versions' }).click();
    await page.getByRole('button', { name: /Version 1/ }).click();
    await page.getByText('"Shall we?"').waitFor();
    await page.getByText('"Shall we really?"').waitFor();
    await page.waitForLoadState('networkidle');
    await stage.shoot(page, 'versions');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Bring it back' }).click();
    await page.getByText('There is no difference in meaning.').waitFor();
    await page.getByRole('button', { name: /^Undo/ }).click();
    await page.getByText('"Shall we really?"').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('publishing with errors is refused with the reason, which leads to the node', async () => {
    await send('PUT', '/drafts/wrong', {
      definition: {
        id: 'wrong',
        start: 'a',
        nodes: {
          a: { type: 'call', service: 'nobody', operation: 'x', next: 'b' },
          b: { type: 'end', output: { $: { var: 'steps.zz' } } },
        },
      },
      revision: 0,
    });
    const { page, context, complaints } = await stage.visit('/app/designer/wrong');
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByText(/It cannot be published: there (is an error|are \d+ errors)/).waitFor();
    await page.getByRole('button', { name: 'Show them' }).click();
    await page.locator('.heddle-problems button', { hasText: 'zz' }).click();
    await expect
      .poll(() => page.locator('.react-flow__node.selected, .react-flow__node [data-selected="true"]').count())
      .toBeGreaterThan(0);
    await stage.shoot(page, 'problems');
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('a failed run says what failed first and leads to the node; hostile text stays text', {
    timeout: 60_000,
  }, async () => {
    await publish({
      id: 'failing',
      title: hostile,
      start: 'find',
      nodes: {
        find: {
          type: 'call',
          service: 'cif',
          operation: 'getCustomer',
          title: hostile,
          input: { customerId: { $: { var: 'input.customerId' } } },
        },
      },
    } as { readonly id: string });
    const { body } = await send('POST', '/flows/failing', { customerId: 'C9999', remark: hostile });
    const { page, context, complaints } = await stage.visit(`/app/runs/${String(body['runId'])}`);
    await page.getByText('SERVICE_REFUSED').first().waitFor();
    await page.getByRole('button', { name: 'Show the step' }).click();
    await page.getByText('Input, as evaluated').waitFor();
    await page.waitForLoadState('networkidle');
    await stage.shoot(page, 'failed-run');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('link', { name: 'Open the node in the designer', exact: true }).click();
    await page.locator('.heddle-side').getByText('steps.find').waitFor();
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('a task is claimed and answered, and its run goes on before the eyes of who watches it', {
    timeout: 60_000,
  }, async () => {
    await publish(asking('Shall we?'));
    const { body } = await send('POST', '/flows/asking?wait=0s', {});
    const watching = await stage.visit(`/app/runs/${String(body['runId'])}`);
    await watching.page.getByText('Waiting').first().waitFor();
    const { page, context, complaints } = await stage.visit('/app/tasks');
    await page.getByText('Shall we?').first().click();
    await page.getByRole('button', { name: 'Claim' }).click();
    await page.waitForLoadState('networkidle');
    await stage.shoot(page, 'task');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Agree' }).click();
    await watching.page.getByText('Completed').first().waitFor();
    expect([...complaints, ...watching.complaints]).toEqual([]);
    await context.close();
    await watching.context.close();
  });

  test('an operation is tried from its form', async () => {
    const { page, context, complaints } = await stage.visit('/app/services/cif');
    await page.getByRole('button', { name: 'Fill with examples' }).click();
    await page.getByRole('button', { name: 'Call now' }).click();
    await page.getByText(/Answered in/).waitFor();
    await stage.shoot(page, 'tried-operation');
    expect(await barriers(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('steps are copied from one flow into another', async () => {
    for (const id of ['from', 'into']) {
      await send('PUT', `/drafts/${id}`, {
        definition: {
          id,
          start: 'a',
          nodes: {
            a: { type: 'set', values: { x: 1 }, next: 'b' },
            b: { type: 'end', output: { $: { var: 'vars.x' } } },
          },
        },
        revision: 0,
      });
    }
    const { page, context, complaints } = await stage.visit('/app/designer/from');
    await page.locator('.react-flow__node', { hasText: 'Set variables' }).first().click();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+c');
    const other = await context.newPage();
    await other.goto(`${stage.engine.url}/app/designer/into`);
    await other.locator('.react-flow__node', { hasText: 'Set variables' }).first().click();
    await other.keyboard.press('Control+v');
    await expect
      .poll(async () => {
        const draft = (await (await fetch(`${stage.engine.url}/drafts/into`)).json()) as {
          definition: { nodes: object };
        };
        return Object.keys(draft.definition.nodes).length;
      })
      .toBe(4);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('who comes the first time is welcomed and shown around', async () => {
    const { page, context, complaints } = await stage.visit('/', { toured: false, language: 'zh' });
    await page.getByRole('button', { name: '带我看看' }).click();
    for (let stop = 1; stop <= 4; stop += 1) {
      await page.getByText(`${stop} / 5`).waitFor();
      if (stop === 2) await stage.shoot(page, 'tour');
      await page.getByRole('button', { name: '下一步' }).click();
    }
    await page.getByRole('button', { name: '完成' }).click();
    await page.goto(stage.engine.url);
    await page.locator('main h1').waitFor();
    expect(await page.getByText('把服务织成业务场景').count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('the language changes at once and nothing stays behind', async () => {
    const { page, context, complaints } = await stage.visit('/app/designer/corp-payment');
    await page.locator('.react-flow__node').nth(3).waitFor();
    await page.getByRole('button', { name: '切换到中文' }).click();
    await page.getByRole('button', { name: '发布' }).waitFor();
    await page.getByText('付款账户').first().waitFor();
    const left = await page.locator('.heddle-toolbar, .heddle-bottom, .heddle-nav, .heddle-palette').allInnerTexts();
    const english = left
      .join('\n')
      .split('\n')
      .filter((line) => /[A-Za-z]{3,} [A-Za-z]{3,}/.test(line));
    expect(english).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
