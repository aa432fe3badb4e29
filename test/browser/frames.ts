import type { Page } from 'playwright-core';
import { openStage } from './stage.ts';

/**
 * How smooth the designer is with a flow of 500 nodes: `npm run bench:designer`. Prints the frames' times in ms while a
 * node is dragged, the canvas is panned and zoomed, and a simulation marks one node after another; first a tall flow as
 * it is opened, then a wide one with every node in view. Wanted: p95 at most 50 ms.
 */

const NODES = 500;
const ROUNDS = 60;

const call = (id: string, next?: string) => ({
  type: 'call',
  service: 'cif',
  operation: 'getCustomer',
  input: { customerId: { $: { var: 'input.customerId' } } },
  ...(next ? { next } : {}),
  title: `Customer ${id}`,
});

/** Every tenth node is a parallel with two branches of two calls. */
function tallFlow() {
  const nodes: Record<string, unknown> = {};
  let made = 0;
  for (let at = 0; made < NODES; at += 1) {
    const next = `n${at + 1}`;
    if (at % 10 === 5) {
      made += 5;
      const branch = (name: string) => ({
        start: `${name}1`,
        nodes: { [`${name}1`]: call(`${name}1`, `${name}2`), [`${name}2`]: call(`${name}2`) },
      });
      nodes[`n${at}`] = { type: 'parallel', branches: { a: branch(`p${at}a`), b: branch(`p${at}b`) }, next };
    } else {
      made += 1;
      nodes[`n${at}`] = call(`n${at}`, next);
    }
  }
  const last = Object.keys(nodes).at(-1) ?? '';
  delete (nodes[last] as { next?: string }).next;
  return { ...head, id: 'tall', start: 'n0', nodes };
}

/** Twenty branches of twenty-four calls each. */
function wideFlow() {
  const branches = Object.fromEntries(
    Array.from({ length: 20 }, (_, branch) => {
      const name = (at: number) => `b${branch}n${at}`;
      const nodes = Array.from({ length: 24 }, (_step, at) => [
        name(at),
        call(name(at), at < 23 ? name(at + 1) : undefined),
      ]);
      return [`b${branch}`, { start: name(0), nodes: Object.fromEntries(nodes) }];
    }),
  );
  return { ...head, id: 'wide', start: 'all', nodes: { all: { type: 'parallel', branches } } };
}

const head = {
  title: 'Five hundred nodes',
  input: {
    type: 'object',
    required: ['customerId'],
    properties: { customerId: { type: 'string', examples: ['C0001'] } },
  },
};

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

async function measure(flow: { readonly id: string }, isAllInView: boolean): Promise<void> {
  const response = await fetch(`${stage.engine.url}/drafts/${flow.id}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ definition: flow, revision: 0 }),
  });
  if (!response.ok) throw new Error(await response.text());
  const began = performance.now();
  const { page, context, complaints } = await stage.visit(`/app/designer/${flow.id}`);
  await page.locator('.react-flow__node').nth(3).waitFor();
  await page.waitForLoadState('networkidle');
  console.log(`${flow.id}: opened in ${Math.round(performance.now() - began)} ms`);
  if (isAllInView) {
    await page.getByRole('button', { name: 'Show everything' }).click();
    await page.waitForTimeout(1_500);
  }
  console.log(`${await page.locator('.react-flow__node').count()} cards are drawn`);
  const card = await page.locator('.react-flow__node-step').nth(2).boundingBox();
  if (card === null) throw new Error('no card is to be seen');
  const grip = { x: card.x + card.width / 2, y: card.y + card.height / 2 };
  await page.mouse.move(grip.x, grip.y);
  await page.mouse.down();
  await frames(page, 'drag a node', async () => {
    for (let step = 0; step < ROUNDS; step += 1) await page.mouse.move(grip.x + step * 3, grip.y + step * 2);
  });
  await page.keyboard.press('Escape');
  await page.mouse.up();
  await page.waitForTimeout(500);
  await frames(page, 'pan', async () => {
    for (let step = 0; step < ROUNDS; step += 1) await page.mouse.wheel(0, step % 20 < 10 ? 40 : -40);
  });
  await frames(page, 'zoom', async () => {
    await page.keyboard.down('Control');
    for (let step = 0; step < ROUNDS; step += 1) await page.mouse.wheel(0, step % 20 < 10 ? 20 : -20);
    await page.keyboard.up('Control');
  });
  await page.getByRole('tab', { name: 'Simulate' }).click();
  const step = await page.getByRole('button', { name: 'One step' }).elementHandle();
  if (step === null) throw new Error('nothing can be simulated');
  await step.click();
  await frames(page, 'live marks', async () => {
    for (let round = 0; round < ROUNDS; round += 1) await step.click();
  });
  await stage.shoot(page, `five-hundred-${flow.id}`);
  if (complaints.length > 0) console.log('the console complained:', complaints);
  await context.close();
}

await measure(tallFlow(), false);
await measure(wideFlow(), true);
await stage.close();
