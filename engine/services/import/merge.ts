import type { Connectors } from '@heddle/connectors/sdk/index';
import { pointer } from '../../errors.ts';
import type { Policy } from '../policy-schema.ts';
import type { Operation, Service } from '../service.ts';
import type { Imported } from './openapi.ts';
import { refused } from './read-document.ts';

/** How an import differs from the registered service, by operation id. */
export interface ImportDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** With the parts that differ, such as `request`. */
  readonly changed: readonly { readonly operation: string; readonly parts: readonly string[] }[];
}

/**
 * Leaves out the operations that the connector refuses.
 *
 * @throws {FlowError} `IMPORT_INVALID` if it refuses the base URL, or all operations.
 */
export function fitToConnector({ service, skipped, warnings }: Imported, connectors: Connectors): Imported {
  const connector = connectors.get(service.connector);
  if (!connector) throw refused(`there is no connector ${service.connector}`);
  const [wrong] = connector.configProblems(service.config);
  if (wrong) throw refused(`${whatIsWrong(service.config, wrong.pointer)} ${wrong.message}`, wrong.pointer);
  const refusals: Imported['skipped'][number][] = [];
  const operations = Object.entries(service.operations).filter(([id, { binding }]) => {
    const problems = connector.bindingProblems(binding);
    if (problems.length === 0) return true;
    const reason = problems.map((problem) => `${problem.pointer} ${problem.message}`).join('; ');
    refusals.push({ pointer: placeOf(id, service, binding), what: 'operation', reason: `${id}: ${reason}` });
    return false;
  });
  if (operations.length === 0) throw refused(`no operation can be called; the first: ${refusals[0]?.reason}`);
  return {
    service: { ...service, operations: Object.fromEntries(operations) },
    skipped: [...skipped, ...refusals],
    warnings,
  };
}

const whatIsWrong = (config: Service['config'], at: string) =>
  at === '/baseUrl' ? String(config['baseUrl']) : `the configuration ${at}`;

/** Where an operation came from: of an OpenAPI document the place in it. */
function placeOf(id: string, { connector }: Service, binding: Operation['binding']): string {
  if (connector !== 'http') return pointer('operations', id);
  return pointer('paths', String(binding['path']), String(binding['method']).toLowerCase());
}

/** An import as it is saved, with what people had set, and what of that did not fit any more. */
export interface Kept {
  readonly service: Service;
  readonly warnings: readonly string[];
}

/**
 * An import over a registered service keeps what people have set there and what no document says. What was set and
 * contradicts the new description is dropped, with a warning, so that the service stays usable.
 */
export function keepWhatWasSet(imported: Service, present: Service | undefined): Kept {
  if (present === undefined) return { service: imported, warnings: [] };
  const warnings: string[] = [];
  const operations = Object.entries(imported.operations).map(([id, operation]) => {
    const before = Object.hasOwn(present.operations, id) ? present.operations[id] : undefined;
    if (before === undefined) return [id, operation] as const;
    return [id, withoutContradictions(id, before, keepOfOperation(operation, before), imported, warnings)] as const;
  });
  const service = {
    ...present,
    ...imported,
    ...(typeof present.title === 'object' && { title: present.title }),
    ...(present.owner !== undefined && { owner: present.owner }),
    config: { ...present.config, ...imported.config },
    operations: Object.fromEntries(operations),
  };
  return { service, warnings };
}

function keepOfOperation(operation: Operation, before: Operation): Operation {
  const { title, description: _1, readOnly: _2, request: _3, response: _4, binding: _5, ...set } = before;
  return { ...operation, ...set, ...(typeof title === 'object' && { title }) };
}

function withoutContradictions(
  id: string,
  before: Operation,
  operation: Operation,
  next: Service,
  warnings: string[],
): Operation {
  const { query, readOnly, policy, ...rest } = operation;
  const isQueryLost = query !== undefined && !Object.hasOwn(next.operations, query.operation);
  if (isQueryLost)
    warnings.push(`${id} asked ${query.operation} for its status, which is gone: choose another status query`);
  const isMoneyRead = operation.movesMoney === true && readOnly === true;
  if (isMoneyRead) warnings.push(`${id} is said to be read-only now, but is marked as moving money: the mark is kept`);
  const isRetryLost =
    ((policy?.retry || undefined)?.attempts ?? 1) > 1 && (rest.safety === 'once' || rest.safety === 'query');
  if (isRetryLost) warnings.push(`${id} was tried again by itself, which its safety ${rest.safety} does not allow`);
  const isCacheLost = Boolean(policy?.cache) && (readOnly !== true || isMoneyRead);
  if (isCacheLost) warnings.push(`${id} is not read-only any more, so its answers are not kept in a cache`);
  const isMockLost = Boolean(policy?.mock) && inOrder(before.response) !== inOrder(operation.response);
  if (isMockLost) warnings.push(`${id} answers in another form now, so its mock is taken out: make it anew`);
  return {
    ...rest,
    ...(query !== undefined && !isQueryLost && { query }),
    ...(readOnly !== undefined && !isMoneyRead && { readOnly }),
    ...(policy !== undefined && {
      policy: without(policy, { retry: isRetryLost, cache: isCacheLost, mock: isMockLost }),
    }),
  };
}

function without(policy: Policy, lost: Readonly<Record<string, boolean>>): Policy {
  return Object.fromEntries(Object.entries(policy).filter(([part]) => lost[part] !== true));
}

export function compareServices(before: Service, after: Service): ImportDiff {
  const ids = { before: Object.keys(before.operations), after: Object.keys(after.operations) };
  return {
    added: ids.after.filter((id) => !Object.hasOwn(before.operations, id)),
    removed: ids.before.filter((id) => !Object.hasOwn(after.operations, id)),
    changed: ids.after.flatMap((operation) => {
      const [old, now] = [before.operations[operation], after.operations[operation]];
      if (old === undefined || now === undefined) return [];
      const parts = changedParts(old, now);
      return parts.length === 0 ? [] : [{ operation, parts }];
    }),
  };
}

function changedParts(before: Operation, after: Operation): string[] {
  const [old, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return [...new Set([...old.keys(), ...now.keys()])].filter(
    (name) => inOrder(old.get(name)) !== inOrder(now.get(name)),
  );
}

/** As text, the order of members left out of account. */
function inOrder(value: unknown): string {
  return JSON.stringify(value ?? null, (_name, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
