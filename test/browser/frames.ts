import type { Page } from 'playwright-core';
import { openStage } from './stage.ts';

/**
 * How smooth the designer is with a flow of 500 nodes: `npm run bench:designer`. Prints the frames' times in ms while a
 * node is dragged, the canvas is panned, and a simulation marks one node after another. Wanted: p95 at most 50 ms.
 */

const NODES = 500;
const ROUNDS = 60;

/** Containers among the nodes: every tenth is a parallel with two branches of two calls. */
function bigFlow() {
  const nodes: Record<string, unknown> = {};
  let made = 0;
  const call = (id: string, next?: string) => {
    made += 1;
    return {
      type: 'call',
      service: 'cif',
      operation: 'getCustomer',
      input: { customerId: { $: { var: 'input.customerId' } } },
      ...(next ? { next } : {}),
      title: `Customer ${id}`,
    };
  };
  for (let at = 0; made < NODES; at += 1) {
    const next = `n${at + 1}`;
    if (at % 10 === 5) {
      made += 1;
      const branch = (name: string) => ({
        start: `${name}1`,
        nodes: { [`${name}1`]: call(`${name}1`, `${name}2`), [`${name}2`]: call(`${name}2`) },
      });
      nodes[`n${at}`] = { type: 'parallel', branches: { a: branch(`p${at}a`), b: branch(`p${at}b`) }, next };
    } else nodes[`n${at}`] = call(`n${at}`, next);
  }
  const last = Object.keys(nodes).at(-1) ?? '';
  delete (nodes[last] as { next?: string }).next;
  return {
    id: 'big',
    title: 'Five hundred nodes',
    input: {
      type: 'object',
      required: ['customerId'],
      properties: { customerId: { type: 'string', examples: ['C0001'] } },
    },
    start: 'n0',
    nodes,
  };
}

/** Collects the time between frames while `work` is done. */
async function frames(page: Page, name: string, work: () => Promise<void>): Promise<void> {
  await page.evaluate(`(() => {
    const times = (window.frameTimes = []);
    let last = performance.now();
    window.frameWatch = true;
    const frame = (now) => { times.push(now - last); last = now; if (window.frameWatch) requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
  })()`);
  await work();
  const times = (await page.evaluate('window.frameWatch = false; window.frameTimes')) as number[];
  const sorted = times.slice(1).sort((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  console.log(
    `${name.padEnd(12)} ${String(sorted.length).padStart(5)} frames  p50 ${at(0.5)}  p95 ${at(0.95)}  max ${at(1)} ms`,
  );
}

const stage = await openStage({ flows: false });
const response = await fetch(`${stage.engine.url}/drafts/big`, {
  method: 'PUT',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ definition: bigFlow(), revision: 0 }),
});
if (!response.ok) throw new Error(await response.text());
const opened = performance.now();
const { page, complaints } = await stage.visit('/app/designer/big');
await page.locator('.react-flow__node').first().waitFor();
await page.waitForLoadState('networkidle');
console.log(`opened in ${Math.round(performance.now() - opened)} ms`);
const canvas = page.locator('.react-flow__pane').first();
const box = await canvas.boundingBox();
if (box === null) throw new Error('the canvas is not there');
const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };

const card = await page.locator('.react-flow__node').nth(3).boundingBox();
if (card === null) throw new Error('no card is to be seen');
const grip = { x: card.x + card.width / 2, y: card.y + card.height / 2 };
await page.mouse.move(grip.x, grip.y);
await page.mouse.down();
await frames(page, 'drag a node', async () => {
  for (let step = 0; step < ROUNDS; step += 1) await page.mouse.move(grip.x + step * 3, grip.y + step * 2);
});
await page.mouse.up();
await page.waitForTimeout(500);

await frames(page, 'pan', async () => {
  for (let step = 0; step < ROUNDS; step += 1) await page.mouse.wheel(0, 40);
});
await frames(page, 'zoom', async () => {
  await page.mouse.move(middle.x, middle.y);
  await page.keyboard.down('Control');
  for (let step = 0; step < ROUNDS; step += 1) await page.mouse.wheel(0, step % 20 < 10 ? 20 : -20);
  await page.keyboard.up('Control');
});

await page.getByRole('tab', { name: 'Simulate' }).click();
const step = page.getByRole('button', { name: 'One step' });
await step.click();
await frames(page, 'live marks', async () => {
  for (let round = 0; round < ROUNDS; round += 1) await step.click();
});
await stage.shoot(page, 'five-hundred-nodes');
if (complaints.length > 0) console.log('the console complained:', complaints);
await stage.close();
