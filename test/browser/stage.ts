import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readConfig } from '@heddle/engine/config';
import type { Json } from '@heddle/engine/errors';
import { type Engine, startEngine } from '@heddle/engine/server';
import { silentLog } from '@heddle/engine/telemetry/index';
import { startBank } from '@heddle/flows/bank/bank';
import { describeServices } from '@heddle/flows/bank/describe';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { definitionOf, flowFolders } from '../scenarios/sample-flows.ts';
import { chromiumPath } from './chromium.ts';

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the console said of errors, and errors that nobody caught. */
  readonly complaints: readonly string[];
}

export interface VisitOptions {
  readonly language?: 'en' | 'zh';
  readonly theme?: 'light' | 'dark';
  readonly user?: string;
  /** Whether the welcome has been seen; default true. */
  readonly toured?: boolean;
  readonly width?: number;
  readonly height?: number;
}

/** The real bank, a real engine with the sample flows, and a browser in front of them. */
export interface Stage {
  readonly engine: Engine & { readonly url: string };
  /** Opens a page as somebody with a browser of their own. */
  visit(path: string, options?: VisitOptions): Promise<Visit>;
  /** Writes a picture into test/output/screenshots, which is not kept. */
  shoot(page: Page, name: string): Promise<void>;
  close(): Promise<void>;
}

const pictures = fileURLToPath(new URL('../output/screenshots/', import.meta.url));

export interface StageOptions {
  /** Publish the sample flows; default true. */
  readonly flows?: boolean;
  /** Settings of the engine beside its port. */
  readonly env?: Readonly<Record<string, string>>;
}

export async function openStage({ flows = true, env = {} }: StageOptions = {}): Promise<Stage> {
  const bank = await startBank({ port: 0, dataDir: ':memory:' });
  const started = await startEngine({
    config: readConfig({ HEDDLE_PORT: '0', ...env }),
    inMemory: true,
    log: silentLog,
  });
  const { url } = started;
  if (url === undefined) throw new Error('the engine does not listen');
  const engine = { ...started, url };
  for (const service of describeServices(bank.url)) await engine.putService(service as unknown as Json);
  for (const name of flows ? flowFolders : []) {
    const { flow, problems } = engine.check(definitionOf(name, url));
    if (flow === undefined) throw new Error(`flows/${name}: ${JSON.stringify(problems, null, 1)}`);
    await engine.store.definitions.publish(flow, { note: 'sample', by: 'test' });
  }
  const browser: Browser = await chromium.launch({
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return {
    engine,
    visit: (path, options) => visit(browser, url + path, options),
    shoot: async (page, name) => {
      mkdirSync(pictures, { recursive: true });
      await page.screenshot({ path: `${pictures}${name}.png` });
    },
    close: async () => {
      await browser.close();
      await engine.close();
      await bank.close();
    },
  };
}

async function visit(browser: Browser, address: string, options: VisitOptions = {}): Promise<Visit> {
  const { language = 'en', theme = 'light', user = 'li', toured = true, width = 1440, height = 900 } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    locale: language === 'zh' ? 'zh-CN' : 'en-GB',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  // What the browser remembers of a user who has been here before.
  const remembered = JSON.stringify(JSON.stringify({ state: { language, theme, user, toured }, version: 0 }));
  await context.addInitScript({
    content: `localStorage.getItem('heddle-preferences') ?? localStorage.setItem('heddle-preferences', ${remembered})`,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.setDefaultTimeout(15_000);
  await page.goto(address);
  return { page, context, complaints };
}
