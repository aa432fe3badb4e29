import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const require = createRequire(import.meta.url);

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe-core finds serious or critical on the page as it stands, one line each. */
export async function barriers(page: Page): Promise<string[]> {
  // By the debugger, not by a script element: the page's content security policy stays in force.
  await page.evaluate(`(() => { ${axeSource()} })()`);
  const { violations } = (await page.evaluate(
    `axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'] })`,
  )) as { readonly violations: readonly Violation[] };
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} — ${failureSummary}`),
    );
}

let source: string | undefined;
const axeSource = (): string => {
  source ??= (require('axe-core') as { readonly source: string }).source;
  return source;
};
