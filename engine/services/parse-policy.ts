import { type Problem, pointer } from '../errors.ts';
import type { MockSettings, Policy } from './policy-schema.ts';
import { compileSchema } from './schema.ts';
import type { Operation, Service } from './service.ts';

/** What is wrong with the policies of a service although their shape is right. */
export function policyProblems(service: Service): readonly Problem[] {
  return [
    ...mockProblems(service.policy, '/policy/mock'),
    ...Object.entries(service.operations).flatMap(([id, operation]) =>
      ofOperation(operation, pointer('operations', id)),
    ),
  ];
}

function ofOperation(operation: Operation, at: string): Problem[] {
  const { policy, readOnly } = operation;
  const problems = mockProblems(policy, `${at}/policy/mock`);
  if (policy?.cache && readOnly !== true)
    problems.push(
      problem(
        `${at}/policy/cache`,
        'only answers of a readOnly operation are kept; declare it, or leave the cache out',
      ),
    );
  if (policy?.mock) problems.push(...outputProblems(policy.mock, operation, `${at}/policy/mock`));
  return problems;
}

/** Of a group's policy as of any other. */
export function mockProblems(policy: Policy | undefined, at: string): Problem[] {
  const mock = policy?.mock;
  if (!mock || !('examples' in mock) || mock.examples.some(({ weight = 1 }) => weight > 0)) return [];
  return [problem(`${at}/examples`, 'all weights are 0, so none of them would answer')];
}

/** A mock answers as the service would. */
function outputProblems(mock: MockSettings, { response }: Operation, at: string): Problem[] {
  const compiled = compileSchema(response);
  if (!compiled.ok) return []; // said elsewhere
  const outputs =
    'examples' in mock
      ? mock.examples.map((example, index) => [example, `${at}/examples/${index}`] as const)
      : [[mock, at] as const];
  return outputs.flatMap(([example, where]) =>
    'output' in example && !compiled.validator.check(example.output)
      ? compiled.validator
          .problems(example.output, 'SERVICE_INVALID')
          .map(({ pointer: within, message }) =>
            problem(`${where}/output${within}`, `${message}: the mock does not fit the response schema`),
          )
      : [],
  );
}

const problem = (at: string, message: string): Problem => ({ pointer: at, code: 'SERVICE_INVALID', message });
