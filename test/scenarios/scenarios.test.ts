import { afterAll, afterEach, beforeAll, describe, test } from 'vitest';
import { balancesOf, checkBank, checkObserved } from './expectations.ts';
import { type FlowUnderTest, runCase, stopRuns } from './run-case.ts';
import { casesOf, definitionOf, flowFolders } from './sample-flows.ts';
import { type LocalStage, openStage } from './stage.ts';

const withSlowCases = process.env['SLOW'] === '1';

describe.each(flowFolders)('%s', (name) => {
  let stage: LocalStage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());
  afterEach(async () => {
    await stopRuns(stage);
    await stage.bank.reset();
  });

  const flow = definitionOf(name) as unknown as FlowUnderTest;
  for (const played of casesOf(name)) {
    test.skipIf(played.slow && !withSlowCases)(
      played.name.en,
      { timeout: played.slow ? 360_000 : 45_000 },
      async () => {
        const before = balancesOf(stage.bank, played);
        const observed = await runCase(stage, flow, played);
        checkObserved(played, observed);
        await checkBank(stage.bank, played, observed.runId ?? '', before);
      },
    );
  }
});
