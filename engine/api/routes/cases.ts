import Type from 'typebox';
import { canonicalJson, type Flow } from '../../definition/index.ts';
import { FlowError, type Json } from '../../errors.ts';
import type { Attempt } from '../../runtime/runtime.ts';
import { CaseResult, TestCase, TestCaseContent } from '../contract.ts';
import { type ApiDeps, type App, userOf } from '../deps.ts';
import { errorResponses } from '../responses.ts';
import { DEFAULT_TRY_MS, soundFlow, tryOut } from '../try-out.ts';

const flowParams = Type.Object({ flowId: Type.String({ maxLength: 64 }) });
const params = Type.Object({
  flowId: Type.String({ maxLength: 64 }),
  caseId: Type.String({ pattern: '^[a-z0-9][a-z0-9-]*$', maxLength: 64 }),
});

/** Test cases of a flow: kept beside its versions, run as tries. */
export function caseRoutes(app: App, deps: ApiDeps): void {
  const { testCases, audit, definitions } = deps.store;
  const stopping = new AbortController();
  app.addHook('preClose', async () => stopping.abort());

  /** What is worked on: the draft, else what is published. */
  const definitionOf = async (flowId: string): Promise<Json> => {
    const definition = (await definitions.draft(flowId))?.definition ?? definitions.currentFlow(flowId);
    if (definition === undefined) throw new FlowError('FLOW_NOT_FOUND', `there is no flow and no draft ${flowId}`);
    return definition as Json;
  };
  const casesOf = async (flowId: string): Promise<TestCase[]> =>
    (await testCases.list(flowId)).map(({ content, ...rest }) => ({ ...(content as TestCaseContent), ...rest }));

  app.get(
    '/flows/:flowId/cases',
    {
      schema: {
        operationId: 'listCases',
        summary: 'Test cases of a flow or draft',
        tags: ['tries'],
        params: flowParams,
        response: { 200: Type.Object({ cases: Type.Array(TestCase) }), ...errorResponses(404) },
      },
    },
    async ({ params: { flowId } }) => {
      await definitionOf(flowId);
      return { cases: await casesOf(flowId) };
    },
  );

  app.put(
    '/flows/:flowId/cases/:caseId',
    {
      bodyLimit: deps.limits.maxDefinitionBytes,
      schema: {
        operationId: 'putCase',
        summary: 'Add or replace a test case',
        tags: ['tries'],
        params,
        body: TestCaseContent,
        response: { 200: TestCase, ...errorResponses(400, 404, 413) },
      },
    },
    async (request) => {
      const { flowId, caseId } = request.params;
      await definitionOf(flowId);
      const { content, ...rest } = await testCases.save(flowId, caseId, request.body, userOf(request));
      await audit.write({ actor: userOf(request), action: 'case.put', subject: `${flowId}/${caseId}` });
      return { ...content, ...rest };
    },
  );

  app.delete(
    '/flows/:flowId/cases/:caseId',
    {
      schema: {
        operationId: 'deleteCase',
        summary: 'Delete a test case',
        tags: ['tries'],
        params,
        response: { 204: Type.Null(), ...errorResponses(404) },
      },
    },
    async (request, reply) => {
      const { flowId, caseId } = request.params;
      if (!(await testCases.remove(flowId, caseId))) throw noCase(flowId, caseId);
      await audit.write({ actor: userOf(request), action: 'case.delete', subject: `${flowId}/${caseId}` });
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/flows/:flowId/cases/run',
    {
      bodyLimit: deps.limits.maxDefinitionBytes,
      schema: {
        operationId: 'runCases',
        summary: 'Run test cases as tries, one after another',
        tags: ['tries'],
        params: flowParams,
        body: Type.Object({
          definition: Type.Optional(Type.Unknown({ description: 'Default: the draft, else the current version' })),
          caseIds: Type.Optional(Type.Array(Type.String(), { description: 'Default: all' })),
        }),
        response: { 200: Type.Object({ results: Type.Array(CaseResult) }), ...errorResponses(404, 413, 422) },
      },
    },
    async (request) => {
      const { flowId } = request.params;
      const { definition, caseIds } = request.body;
      const flow = soundFlow(deps, (definition as Json | undefined) ?? (await definitionOf(flowId)));
      const cases = await casesOf(flowId);
      const chosen = caseIds?.map((id) => {
        const found = cases.find((each) => each.id === id);
        if (found === undefined) throw noCase(flowId, id);
        return found;
      });
      const results: CaseResult[] = [];
      for (const each of chosen ?? cases) results.push(await runCase(deps, flow, each, stopping.signal));
      await audit.write({
        actor: userOf(request),
        action: 'case.run',
        subject: flowId,
        details: { cases: results.length, passed: results.filter(({ passed }) => passed).length },
      });
      return { results };
    },
  );
}

const noCase = (flowId: string, caseId: string) =>
  new FlowError('CASE_NOT_FOUND', `flow ${flowId} has no test case ${caseId}`);

async function runCase(deps: ApiDeps, flow: Flow, testCase: TestCase, signal: AbortSignal): Promise<CaseResult> {
  const { id: caseId, name, input, mocks = {} } = testCase;
  try {
    const { tried, result } = await tryOut(deps, {
      flow,
      input: input as Json,
      mocks: mocks as Attempt['mocks'],
      timeoutMs: DEFAULT_TRY_MS,
      signal,
    });
    const differences = compare(testCase.expect, {
      status: { found: result.status },
      outcome: { found: result.outcome },
      output: { found: tried.run.result?.output, shown: result.output },
      path: { found: pathOf(result.steps), ordered: false },
    });
    return { caseId, name, passed: differences.length === 0, differences, run: result };
  } catch (error) {
    if (!(error instanceof FlowError) || error.code !== 'INPUT_INVALID') throw error;
    return { caseId, name, passed: false, differences: [{ what: 'input', actual: error.details['problems'] }] };
  }
}

/** The nodes that completed; a choice that found no way has failed. */
const pathOf = (steps: readonly { readonly node: string; readonly status: string }[]) =>
  steps.filter(({ status }) => status === 'completed').map(({ node }) => node);

interface Found {
  readonly found: unknown;
  /** What people may see of it, if that is less. */
  readonly shown?: unknown;
  /** Of a list: whether its order counts; default true. Which branch of a `parallel` ends first is up to the services. */
  readonly ordered?: boolean;
}

/** Without an expectation, a run is expected to complete. */
function compare(
  expected: TestCase['expect'] = {},
  actual: Readonly<Record<'status' | 'outcome' | 'output' | 'path', Found>>,
): CaseResult['differences'] {
  const wanted = Object.keys(expected).length === 0 ? { status: 'completed' as const } : expected;
  return (['status', 'outcome', 'output', 'path'] as const).flatMap((what) => {
    if (wanted[what] === undefined) return [];
    const { found, shown = found, ordered = true } = actual[what];
    const same = (value: unknown) =>
      canonicalJson((ordered || !Array.isArray(value) ? value : value.toSorted()) as Json);
    return found !== undefined && same(found) === same(wanted[what])
      ? []
      : [{ what, expected: wanted[what], ...(shown === undefined ? {} : { actual: shown }) }];
  });
}
