import type { Connectors } from '@heddle/connectors/sdk/index';
import { pointer } from '../../errors.ts';
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
  if (wrong) throw refused(`${String(service.config['baseUrl'])} ${wrong.message}`, wrong.pointer);
  const refusals: Imported['skipped'][number][] = [];
  const operations = Object.entries(service.operations).filter(([id, { binding }]) => {
    const problems = connector.bindingProblems(binding);
    if (problems.length === 0) return true;
    const reason = problems.map((problem) => `${problem.pointer} ${problem.message}`).join('; ');
    const at = pointer('paths', String(binding['path']), String(binding['method']).toLowerCase());
    refusals.push({ pointer: at, what: 'operation', reason: `${id}: ${reason}` });
    return false;
  });
  if (operations.length === 0) throw refused(`no operation can be called; the first: ${refusals[0]?.reason}`);
  return {
    service: { ...service, operations: Object.fromEntries(operations) },
    skipped: [...skipped, ...refusals],
    warnings,
  };
}

/** An import over a registered service keeps what people have set there and what no document says. */
export function keepWhatWasSet(imported: Service, present: Service | undefined): Service {
  if (present === undefined) return imported;
  const { baseUrl } = imported.config;
  const operations = Object.entries(imported.operations).map(([id, operation]) => {
    const before = Object.hasOwn(present.operations, id) ? present.operations[id] : undefined;
    return [id, before === undefined ? operation : keepOfOperation(operation, before)] as const;
  });
  return {
    ...imported,
    ...(typeof present.title === 'object' && { title: present.title }),
    ...(present.owner !== undefined && { owner: present.owner }),
    ...(present.policy !== undefined && { policy: present.policy }),
    config: { ...present.config, baseUrl },
    operations: Object.fromEntries(operations),
  };
}

function keepOfOperation(operation: Operation, before: Operation): Operation {
  const { title, safety, query, movesMoney, policy } = before;
  return {
    ...operation,
    ...(typeof title === 'object' && { title }),
    ...(safety !== undefined && { safety }),
    ...(query !== undefined && { query }),
    ...(movesMoney !== undefined && { movesMoney }),
    ...(policy !== undefined && { policy }),
  };
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
