import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { barriers } from './axe.ts';
import { chromiumPath } from './chromium.ts';
import { Hands } from './hands.ts';
import { openStage, type Stage } from './stage.ts';

interface Saved {
  readonly definition: {
    readonly start: string;
    readonly nodes: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly [property: string]: unknown;
  };
  readonly revision: number;
}

const parts = (page: Page) => ({
  search: page.getByRole('combobox', { name: /^Search steps/ }),
  item: (name: string) => page.locator('.heddle-palette-item', { hasText: name }).first(),
  card: (name: string) => page.locator('.react-flow__node', { hasText: name }).last(),
  openEnd: (name: RegExp) => page.getByRole('button', { name }),
  undo: page.getByRole('button', { name: /^Undo/ }),
  redo: page.getByRole('button', { name: /^Redo/ }),
});

/** An empty place at the lower end of the canvas. */
async function emptyPlace(page: Page) {
  const box = await page.locator('.react-flow__pane').first().boundingBox();
  if (box === null) throw new Error('the canvas is not there');
  return { x: box.x + box.width / 2, y: box.y + box.height - 60 };
}

describe.skipIf(chromiumPath === undefined)('composing a flow', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ flows: false });
  });
  afterAll(() => stage?.close());

  const draftOf = async (flowId: string): Promise<Saved> =>
    (await (await fetch(`${stage.engine.url}/drafts/${flowId}`)).json()) as Saved;
  const nodesOf = async (flowId: string) => Object.keys((await draftOf(flowId)).definition.nodes);

  test('from an empty canvas to a published and tested REST flow, in at most 25 actions', {
    timeout: 120_000,
  }, async () => {
    const { page, context, complaints } = await stage.visit('/');
    const hands = new Hands(page);
    const { search, item, card, openEnd } = parts(page);
    const began = Date.now();

    await hands.click(page.getByRole('button', { name: 'New flow' }));
    await hands.type('Loan check');
    await hands.press('Enter');

    // Two calls side by side: the first on the empty canvas, the second dropped on its card.
    await hands.type('cif.getCustomer', search);
    await hands.drag(item('cif.getCustomer'), await emptyPlace(page));
    await hands.type('credit-bureau.getReport', search);
    await hands.drag(item('credit-bureau.getReport'), card('cif.getCustomer'));

    // A condition on what came back; a first one is proposed and changed by hand.
    await hands.type('choice', search);
    await expect.poll(() => nodesOf('loan-check')).toEqual(['parallel']);
    await hands.drag(item('Choice'), await emptyPlace(page));
    const side = page.locator('.heddle-side');
    await hands.click(side.getByRole('combobox', { name: 'Comparison' }));
    await hands.click(page.locator('.ant-select-item-option', { hasText: 'is not' }).first());

    // A call where it holds, its answer given back; the end elsewhere.
    await hands.type('score.score', search);
    await hands.drag(item('score.score'), openEnd(/^Add a step at “steps/));
    await hands.type('respond', search);
    await hands.press('Enter');
    await hands.type('end', search);
    await hands.drag(item('End'), openEnd(/^Add a step at “otherwise/));

    await hands.press('Control+Enter');
    await expect
      .poll(async () => (await draftOf('loan-check')).definition['layout'])
      .not.toHaveProperty('$suggested.score');

    // Tried with real services, kept as a test case, published.
    await hands.click(page.getByRole('button', { name: 'Try' }));
    await hands.click(page.getByRole('button', { name: 'Run' }));
    await page.getByText('completed', { exact: true }).first().waitFor();
    await stage.shoot(page, 'compose-tried');
    await hands.click(page.getByRole('button', { name: 'Save as test case' }));
    await hands.press('Enter');
    await page.getByText('Case 1').waitFor();
    await hands.click(page.getByRole('button', { name: 'Publish' }));
    await page.getByRole('textbox', { name: 'What has changed?' }).waitFor();
    await hands.press('Enter');
    await page.getByText('Version 1 is live').waitFor();

    const { definition } = await draftOf('loan-check');
    expect(definition.nodes).toMatchObject({
      parallel: {
        type: 'parallel',
        branches: {
          getCustomer: { nodes: { getCustomer: { input: { customerId: { $: { var: 'input.customerId' } } } } } },
          getReport: { nodes: { getReport: { service: 'credit-bureau' } } },
        },
        next: 'choice',
      },
      choice: { when: [{ next: 'score' }] },
      score: { next: 'respond', input: { amount: { $: { var: 'input.amount' } } } },
      respond: { body: { $: { var: 'steps.score' } } },
    });

    const answer = await fetch(`${stage.engine.url}/open/loan-check`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ customerId: 'C0002', amount: '5000.00' }),
    });
    expect([answer.status, await answer.json()]).toMatchObject([200, { customerId: 'C0002' }]);

    await page.getByRole('button', { name: 'Run all' }).click();
    await page.getByText('1 of 1 passed').waitFor();
    await page.getByRole('link', { name: 'Its runs' }).click();
    await page.locator('tbody a').first().click();
    await page.locator('.react-flow__node', { hasText: 'score.score' }).first().waitFor();
    await page.waitForLoadState('networkidle');
    await stage.shoot(page, 'compose-run');
    expect(complaints).toEqual([]);
    console.log(
      `composed, tested and published in ${hands.actions} actions, ${Math.round((Date.now() - began) / 1000)} s`,
    );
    expect(hands.actions).toBeLessThanOrEqual(25);
    await context.close();
  });

  test('undo goes back to the empty canvas step by step, and redo all the way forth', async () => {
    const { page, context, complaints } = await stage.visit('/');
    const hands = new Hands(page);
    const { search, item, card, undo, redo } = parts(page);
    await hands.click(page.getByRole('button', { name: 'New flow' }));
    await hands.type('Undone');
    await hands.press('Enter');
    await hands.type('cif.getCustomer', search);
    await hands.drag(item('cif.getCustomer'), await emptyPlace(page));
    await hands.type('credit-bureau.getReport', search);
    await hands.drag(item('credit-bureau.getReport'), card('cif.getCustomer'));
    await hands.type('wait', search);
    await hands.drag(item('Wait'), await emptyPlace(page));
    await card('Wait').waitFor();
    await page.keyboard.press('Delete');
    await expect.poll(() => nodesOf('undone')).toEqual(['parallel']);
    const last = (await draftOf('undone')).definition;

    let steps = 0;
    while (await undo.isEnabled()) {
      await undo.click();
      steps += 1;
    }
    expect(steps).toBe(4);
    await expect.poll(async () => (await draftOf('undone')).definition).toMatchObject({ start: '', nodes: {} });
    while (await redo.isEnabled()) await redo.click();
    await expect.poll(async () => (await draftOf('undone')).definition.nodes).toEqual(last.nodes);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('everything can be done by keyboard', async () => {
    const { page, context, complaints } = await stage.visit('/');
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const focusOn = async (name: RegExp) => {
      for (let tabs = 0; tabs < 60; tabs += 1) {
        await page.keyboard.press('Tab');
        const label = (await page.evaluate(
          `document.activeElement === document.body ? '' : (document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent ?? '')`,
        )) as string;
        if (name.test(label)) return;
      }
      throw new Error(`no ${name} is reached by the tab key`);
    };
    await page.getByRole('button', { name: 'New flow' }).waitFor();
    await focusOn(/New flow/);
    await press('Enter');
    await page.keyboard.type('By keyboard');
    await press('Enter');
    await page.locator('.heddle-start').waitFor();
    await page.waitForLoadState('networkidle');
    await focusOn(/POST \/by-keyboard/);
    await press('a');
    const next = page.getByRole('combobox', { name: 'What happens next?' });
    await next.waitFor();
    await page.keyboard.type('getCustomer');
    await press('Enter');
    await expect.poll(() => nodesOf('by-keyboard')).toEqual(['getCustomer']);
    await press('a');
    await next.waitFor();
    await page.keyboard.type('End');
    await press('Enter');
    await expect.poll(() => nodesOf('by-keyboard')).toEqual(['getCustomer', 'end']);
    await press('ArrowUp', 'Delete');
    await expect.poll(() => nodesOf('by-keyboard')).toEqual(['end']);
    await press('Control+z');
    await expect.poll(() => nodesOf('by-keyboard')).toEqual(['getCustomer', 'end']);
    await press('Control+k');
    await page.getByRole('combobox', { name: 'Find steps and commands' }).waitFor();
    await page.keyboard.type('Publish');
    await press('Enter');
    await page.getByRole('textbox', { name: 'What has changed?' }).waitFor();
    await page.keyboard.type('by keyboard alone');
    await press('Enter');
    await page.getByText('Version 1 is live').waitFor();
    expect(await barriers(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('a second editor gets a conflict with both versions, and nothing is lost', async () => {
    const save = (title: string, revision: number) =>
      fetch(`${stage.engine.url}/drafts/shared`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', 'heddle-user': 'wang' },
        body: JSON.stringify({
          definition: { id: 'shared', title, start: 'a', nodes: { a: { type: 'end', outcome: title } } },
          revision,
        }),
      });
    await save('first', 0);
    const { page, context, complaints } = await stage.visit('/app/designer/shared');
    await page.locator('.react-flow__node', { hasText: 'first' }).first().waitFor();
    await save('theirs', 1);
    const title = page.getByRole('textbox', { name: 'Title of the flow' });
    await title.fill('mine');
    await title.press('Enter');
    await page.getByText(/wang saved this draft/).waitFor();
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByText('/outcome').waitFor();
    await stage.shoot(page, 'conflict');
    expect((await draftOf('shared')).definition['title']).toBe('theirs');

    await page.getByRole('button', { name: 'Take theirs' }).click();
    await expect.poll(() => title.inputValue()).toBe('theirs');
    await page.keyboard.press('Control+z');
    await expect.poll(() => title.inputValue()).toBe('mine');
    await expect.poll(async () => (await draftOf('shared')).definition['title']).toBe('mine');
    // The browser itself writes the refused request into its console.
    expect(complaints.filter((text) => !text.includes('409'))).toEqual([]);
    await context.close();
  });

  test('half-typed JSON stays in the text and leaves the canvas alone; whole JSON goes to it', {
    timeout: 60_000,
  }, async () => {
    await fetch(`${stage.engine.url}/drafts/texts`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ definition: { id: 'texts', start: 'a', nodes: { a: { type: 'end' } } }, revision: 0 }),
    });
    const { page, context, complaints } = await stage.visit('/app/designer/texts');
    await page.locator('.react-flow__node').nth(1).waitFor();
    await page.getByRole('button', { name: 'JSON view' }).click();
    await page.locator('.monaco-editor .view-line').first().waitFor();
    await page.locator('.monaco-editor').first().click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('x');
    await page.getByText(/^Not applied to the canvas/).waitFor();
    expect((await draftOf('texts')).definition.start).toBe('a');
    await page.keyboard.press('Backspace');
    await page.getByText('Canvas and text agree.').waitFor();
    await page.keyboard.press('Control+a');
    const whole = { id: 'texts', start: 'b', nodes: { b: { type: 'end', outcome: 'from the text' } } };
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(JSON.stringify(whole))})`);
    await page.keyboard.press('Control+v');
    await page.getByRole('button', { name: 'JSON view' }).click();
    await page.locator('.react-flow__node', { hasText: 'from the text' }).waitFor();
    await stage.shoot(page, 'from-text');
    expect(complaints).toEqual([]);
    await context.close();
  });
});
