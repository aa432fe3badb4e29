import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from './chromium.ts';
import { openStage, type Stage, type Visit } from './stage.ts';

const mark = 'window.__pwned=1';
/** What would run if it were taken for markup, a link, a style or a script. */
const HOSTILE = [
  `<script>${mark}</script>`,
  `<img src=x onerror="${mark}">`,
  `"><svg onload=${mark}>`,
  `'-${mark}-'`,
  `javascript:${mark}`,
  `[click](javascript:${mark})`,
  `<a href="javascript:${mark}">click</a>`,
  `<iframe srcdoc="<script>parent.${mark}</script>"></iframe>`,
  `{{constructor.constructor('${mark}')()}}`,
  `</textarea></title></style><script>${mark}</script>`,
  '\u202egnp.exe \u2066evil\u2069',
  'zero\u200bwidth\u200d\ufeff',
  'lone \ud800 surrogate \udc00',
  'z\u0361\u0361\u0361\u0361\u0361\u0361\u0361\u0361\u0361algo',
];
const all = HOSTILE.join(' ');
/** Titles hold 2,000 characters at most. */
const title = all.slice(0, 1_900);

describe.skipIf(chromiumPath === undefined)('hostile text', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ flows: false, env: { HEDDLE_MAX_PAYLOAD: '3000000' } });
  });
  afterAll(() => stage?.close());

  const send = async (method: string, path: string, body: unknown) => {
    const response = await fetch(stage.engine.url + path, {
      method,
      headers: { 'content-type': 'application/json', 'heddle-user': 'li' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as { readonly [member: string]: unknown } };
  };

  /** Opens a page and does with it what a person does; whatever ran would have left its mark by then. */
  async function expectHarmless(path: string, shows: string, use: (page: Page) => Promise<void> = async () => {}) {
    const visit: Visit = await stage.visit(path);
    const { page, context, complaints } = visit;
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await page.locator(shows).first().waitFor();
    await use(page);
    await page.waitForLoadState('networkidle');
    expect(await page.evaluate('window.__pwned')).toBeUndefined();
    expect(dialogs).toEqual([]);
    const links = (await page.evaluate(
      'Array.from(document.querySelectorAll("a[href], iframe, form[action]"), (each) => each.getAttribute("href") ?? each.tagName)',
    )) as readonly string[];
    expect(links.filter((link) => /^\s*(?:javascript|data|vbscript):/i.test(link) || link === 'IFRAME')).toEqual([]);
    expect(complaints).toEqual([]);
    // Still of use: the way to another page is open.
    await page.locator('.heddle-nav a').first().click();
    await page.locator('main h1').first().waitFor();
    await context.close();
  }

  const definition = {
    id: 'hostile',
    title,
    description: title,
    owner: HOSTILE[1],
    tags: HOSTILE.slice(0, 3),
    start: 'ask',
    nodes: {
      ask: {
        type: 'task',
        title,
        assignees: ['li'],
        data: { $: { var: 'input' } },
        form: {
          type: 'object',
          title: all,
          description: all,
          properties: { [`<b>${mark}`]: { type: 'string', title: all } },
        },
        actions: [{ id: 'ok', title }],
        next: 'stop',
      },
      stop: { type: 'fail', code: 'HOSTILE', message: { $: { var: 'input.text' } } },
    },
  };

  test('in titles, inputs, tasks, errors and forms stays text on every page, and the pages stay of use', {
    timeout: 120_000,
  }, async () => {
    const published = await send('POST', '/flows/hostile/versions', { definition, note: all });
    expect([published.status, published.body['problems'] ?? []]).toEqual([201, []]);
    const { body } = await send('POST', '/flows/hostile?wait=0ms', { text: all, [all]: all, list: HOSTILE });
    const path = `/app/runs/${String(body['runId'])}`;
    await expectHarmless('/', 'main h1');
    await expectHarmless('/app/designer/hostile', '.react-flow__node', async (page) => {
      await page.locator('.react-flow__node').first().click();
    });
    await expectHarmless('/app/tasks', 'main h1', async (page) => {
      await page.getByText(mark).first().click();
      await page.getByRole('button', { name: 'Claim' }).click();
    });
    const listed = await (await fetch(`${stage.engine.url}/tasks?run=${String(body['runId'])}`)).json();
    const [task] = (listed as { readonly tasks: readonly { readonly id: string }[] }).tasks;
    await send('POST', `/tasks/${encodeURIComponent(task?.id ?? '')}/complete`, { action: 'ok', data: { [all]: all } });
    await expectHarmless(path, 'text=HOSTILE', async (page) => {
      await page.getByRole('button', { name: 'Show the step' }).click();
    });
    await expectHarmless('/app/runs', 'main h1');
    await expectHarmless('/app/monitor', 'main h1, main h2');
  });

  test('of a megabyte in an input leaves the run view of use', { timeout: 120_000 }, async () => {
    const { body } = await send('POST', '/flows/hostile?wait=0ms', { text: all.repeat(1_500).slice(0, 1_000_000) });
    await expectHarmless(`/app/runs/${String(body['runId'])}`, 'text=Waiting');
  });

  test.each([
    `/app/runs/${encodeURIComponent(`<img src=x onerror=${mark}>`)}`,
    `/app/designer/${encodeURIComponent(`"><script>${mark}</script>`)}`,
    `/app/services/${encodeURIComponent(`javascript:${mark}`)}`,
    `/app/runs?flow=${encodeURIComponent(`<script>${mark}</script>`)}`,
    `/app/nowhere#<img src=x onerror=${mark}>`,
  ])('in the address %s runs nothing', async (path) => {
    const { page, context } = await stage.visit(path);
    await page.locator('.heddle-nav a').first().waitFor();
    await page.waitForLoadState('networkidle');
    expect(await page.evaluate('window.__pwned')).toBeUndefined();
    await context.close();
  });
});
