import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { send } from '../api/memory-broker.ts';
import { barriers } from './axe.ts';
import { chromiumPath } from './chromium.ts';
import { openStage, type Stage } from './stage.ts';

const input = { type: 'object', required: ['order'], properties: { order: { type: 'string' } } };

describe.skipIf(chromiumPath === undefined)('the messages page', () => {
  let stage: Stage;
  beforeAll(async () => {
    const memory = fileURLToPath(new URL('../api/memory-broker.ts', import.meta.url));
    stage = await openStage({ flows: false, env: { HEDDLE_CONNECTORS: memory } });
    await stage.engine.putService({ id: 'mq', title: 'MQ', connector: 'memory', config: {}, operations: {} });
    const definition = {
      id: 'incoming',
      input,
      start: 'later',
      nodes: { later: { type: 'emit', topic: 'news', service: 'mq', payload: { n: 1 }, delay: '1h' } },
      triggers: [{ type: 'message', service: 'mq', source: { queue: 'orders' } }],
    };
    const response = await fetch(`${stage.engine.url}/flows/incoming/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ definition }),
    });
    expect(response.status).toBe(201);
  });
  afterAll(() => stage?.close());

  test('shows who reads, and lets a dead letter be understood, mended and sent again', async () => {
    send('orders', '{"order":"o1"}', { id: 'o1' });
    send('orders', '{"order":62220202001}', { id: 'o2', headers: { from: 'core' } });
    for (const order of [1, 2]) send('orders', JSON.stringify({ order }));
    const { page, context, complaints } = await stage.visit('/app/messages');
    const row = page.getByRole('row', { name: /incoming/ });
    await expect.poll(async () => (await row.textContent()) ?? '', { timeout: 10_000 }).toMatch(/listening.*1.*3/);
    await stage.shoot(page, 'messages-readers');
    expect(await barriers(page)).toEqual([]);

    await page.getByText('Dead letters (3)').click();
    await page.getByRole('searchbox', { name: 'Search in the text' }).fill('6222');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('list', { name: 'Dead letters' }).getByRole('listitem').count()).toBe(1);
    expect(await page.getByRole('list', { name: 'Dead letters' }).textContent()).toContain('{"order":***}');
    const letter = page.getByRole('article');
    await letter.getByText('/order').waitFor();
    await stage.shoot(page, 'messages-letter');
    expect(await barriers(page)).toEqual([]);
    await letter.getByRole('textbox', { name: 'What it says' }).fill('{"order":"62220202001"}');
    await letter.getByRole('button', { name: 'Send as edited' }).click();
    await letter.getByText('Sent again').waitFor();

    await page.getByRole('searchbox', { name: 'Search in the text' }).fill('');
    await page.keyboard.press('Enter');
    await page.getByRole('checkbox', { name: '0 chosen' }).check();
    await page.getByRole('button', { name: 'Send again' }).first().click();
    await page.getByText('0 sent again, 2 refused.').waitFor();
    await page.getByRole('checkbox', { name: /chosen/ }).check();
    await page.locator('.heddle-letter-many').getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('tooltip').getByRole('button', { name: 'Discard' }).click();
    await page.getByText('No dead letters').waitFor();

    await page.getByText('To be sent', { exact: true }).click();
    await page.getByRole('row', { name: /news/ }).getByRole('button', { name: 'Do not send' }).first().waitFor();
    await stage.shoot(page, 'messages-scheduled');
    expect(await barriers(page)).toEqual([]);
    // What the browser itself says of the answer 422 is no fault of the page.
    expect(complaints.filter((complaint) => !complaint.includes('status of 422'))).toEqual([]);
    await context.close();
  });

  test('a flow is made to read another queue, in the words of its connector', async () => {
    const { page, context, complaints } = await stage.visit('/app/designer/incoming');
    const trigger = page.getByRole('group', { name: 'What to read' });
    const queue = trigger.getByRole('textbox');
    expect(await queue.inputValue()).toBe('orders');
    await queue.fill('late-orders');
    await queue.press('Tab');
    await page.getByText('memory · late-orders').or(page.getByText('mq · late-orders')).first().waitFor();
    await stage.shoot(page, 'messages-trigger');
    expect(await barriers(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('looks into a queue without taking anything out', async () => {
    const { page, context } = await stage.visit('/app/messages?tab=preview', { language: 'zh', theme: 'dark' });
    await page
      .getByRole('button', { name: '查 看' })
      .or(page.getByRole('button', { name: '查看' }))
      .click();
    await page.getByText('没有消息').waitFor();
    await page.locator('.ant-btn-loading').waitFor({ state: 'detached' });
    await stage.shoot(page, 'messages-preview');
    expect(await barriers(page)).toEqual([]);
    await context.close();
  });
});
