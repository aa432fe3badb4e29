import type { Locator, Page } from 'playwright-core';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A person at mouse and keyboard, who counts: a click, a drag, a field typed and a key pressed are one action each. */
export class Hands {
  readonly page: Page;
  private count = 0;

  constructor(page: Page) {
    this.page = page;
  }

  get actions(): number {
    return this.count;
  }

  async click(what: Locator): Promise<void> {
    this.count += 1;
    await what.click();
  }

  async type(text: string, where?: Locator): Promise<void> {
    this.count += 1;
    if (where) await where.fill(text);
    else await this.page.keyboard.type(text);
  }

  async press(key: string): Promise<void> {
    this.count += 1;
    await this.page.keyboard.press(key);
  }

  /** A real drag: down, moves, up; what is under the pointer has the time of a few frames to show itself. */
  async drag(what: Locator, to: Locator | Point): Promise<void> {
    this.count += 1;
    const from = await middleOf(what);
    const target = 'x' in to ? to : await middleOf(to);
    const { mouse } = this.page;
    await mouse.move(from.x, from.y);
    await mouse.down();
    await mouse.move(from.x + 12, from.y + 12, { steps: 3 });
    await mouse.move(target.x, target.y, { steps: 12 });
    await this.page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    await mouse.up();
  }
}

async function middleOf(what: Locator): Promise<Point> {
  await what.waitFor();
  const box = await what.boundingBox();
  if (box === null) throw new Error(`${String(what)} is not to be seen`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
