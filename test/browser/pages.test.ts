import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { barriers } from './axe.ts';
import { chromiumPath } from './chromium.ts';
import { openStage, type Stage } from './stage.ts';

const pages = [
  { name: 'flows', path: '/', shows: 'main h1' },
  { name: 'runs', path: '/app/runs', shows: 'main h1' },
  { name: 'tasks', path: '/app/tasks', shows: 'main h1' },
  { name: 'services', path: '/app/services', shows: 'main h1' },
  { name: 'service', path: '/app/services/cif', shows: 'main h1' },
  { name: 'messages', path: '/app/messages', shows: 'main h1, main h2' },
  { name: 'monitor', path: '/app/monitor', shows: 'main h1, main h2' },
  { name: 'settings', path: '/app/settings', shows: 'main h1' },
  { name: 'designer', path: '/app/designer/corp-payment', shows: '.react-flow__node' },
  { name: 'nowhere', path: '/app/nowhere', shows: 'main h2' },
];
const looks = [
  { language: 'en', theme: 'light' },
  { language: 'zh', theme: 'dark' },
  { language: 'en', theme: 'dark' },
  { language: 'zh', theme: 'light' },
] as const;

describe.skipIf(chromiumPath === undefined)('the pages', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
    await fetch(`${stage.engine.url}/open/account-360/C0001`);
  });
  afterAll(() => stage?.close());

  for (const look of looks) {
    test.each(pages)(
      `$name in ${look.language}, ${look.theme}: readable for everyone, no errors`,
      async ({ name, path, shows }) => {
        const { page, context, complaints } = await stage.visit(path, look);
        await page.locator(shows).first().waitFor();
        await page.waitForLoadState('networkidle');
        await stage.shoot(page, `${name}-${look.language}-${look.theme}`);
        expect(await barriers(page)).toEqual([]);
        expect(complaints).toEqual([]);
        await context.close();
      },
    );
  }
});
