import { schemaProblems } from '@heddle/connectors/sdk/index';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { FlowError, type Json, type Problem } from '../errors.ts';
import {
  effectivePolicy,
  mergePatch,
  type Policy,
  PolicySchema,
  parseService,
  type Service,
} from '../services/index.ts';
import type { ApiDeps } from './deps.ts';

export const headers = Type.Object({
  'if-match': Type.Optional(Type.String({ description: 'The revision that the change was made for' })),
});
export const Changed = Type.Object({ revision: Type.Integer(), policy: PolicySchema });

const policyShape = Compile(PolicySchema);
const turns = new WeakMap<object, Promise<unknown>>();

/** Changes of the catalogue one after the other, so that none is made on top of what another is just replacing. */
export function inTurn<Result>({ registry }: ApiDeps, change: () => Promise<Result>): Promise<Result> {
  const done = (turns.get(registry) ?? Promise.resolve()).then(change);
  turns.set(
    registry,
    done.catch(() => undefined), // whoever asked for it is told
  );
  return done;
}

export const etagOf = (revision: number) => `"${revision}"`;

/** @throws {FlowError} `SERVICE_CHANGED` if the request names another revision than the one there is. */
export function checkIfMatch(ifMatch: string | undefined, revision: number): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const named = ifMatch.split(',').map((tag) => tag.trim().replace(/^"(.*)"$/, '$1'));
  if (named.includes(String(revision))) return;
  throw new FlowError('SERVICE_CHANGED', `it has revision ${revision} now, and the change was made for ${ifMatch}`, {
    details: { revision },
  });
}

/** @throws {FlowError} `SERVICE_INVALID` with all problems. */
export function parsed(description: unknown, deps: ApiDeps): Service {
  const result = parseService(description, deps.connectors);
  if (result.ok) return result.service;
  const { id } = (description ?? {}) as { readonly id?: unknown };
  throw new FlowError(
    'SERVICE_INVALID',
    `the description of ${typeof id === 'string' ? id : 'the service'} has ${result.problems.length} problems`,
    { details: { problems: result.problems.map((problem) => ({ ...problem })) } },
  );
}

/** @throws {FlowError} `FORBIDDEN` in production mode, if one of the services would mock what moves money. */
export function refuseMocksOfMoney(
  { isProduction, registry }: ApiDeps,
  services: readonly Service[],
  groupPolicy: (id: string) => Policy | undefined = (id) => registry.groups.get(id)?.policy,
): void {
  if (!isProduction) return;
  const mocked = services.flatMap((service) =>
    Object.entries(service.operations).flatMap(([id, operation]) => {
      const group = service.group === undefined ? undefined : groupPolicy(service.group);
      const isMocked = operation.movesMoney === true && effectivePolicy({ group, service }, operation).mock.value;
      return isMocked ? [`${service.id}.${id}`] : [];
    }),
  );
  if (mocked.length > 0)
    throw new FlowError('FORBIDDEN', `in production mode nothing that moves money is mocked: ${mocked.join(', ')}`, {
      details: { operations: mocked },
    });
}

/** @throws {FlowError} `SERVICE_INVALID` with all problems if no policy comes of it. */
export function patched(policy: Policy | undefined, patch: unknown): Policy {
  const next = mergePatch((policy ?? {}) as Json, patch as Json);
  if (policyShape.Check(next)) return next;
  throw invalid(
    schemaProblems(policyShape.Errors(next)).map(({ pointer, message }) => ({
      pointer: `/policy${pointer}`,
      code: 'SERVICE_INVALID',
      message,
    })),
  );
}

export function invalid(problems: readonly Problem[]): FlowError {
  const [first] = problems;
  return new FlowError('SERVICE_INVALID', `${first?.pointer || 'the whole'}: ${first?.message}`, {
    details: { problems: problems.map((problem) => ({ ...problem })) },
  });
}
