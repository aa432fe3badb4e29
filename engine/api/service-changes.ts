import { fieldsOf, nodeSchema, type Scope } from '../definition/index.ts';
import type { Json } from '../errors.ts';
import { nodeTypes } from '../nodes/index.ts';
import { asIf, checkAgainstCatalogue, type Service } from '../services/index.ts';
import type { Breaks } from './contract.ts';
import type { ApiDeps } from './deps.ts';
import { grantSecrets } from './grant-secrets.ts';

/** Stores and registers a parsed service. Returns its revision. */
export async function saveService(deps: ApiDeps, service: Service, actor: string): Promise<number> {
  await deps.store.services.save(service.id, service);
  await grantSecrets(deps.vault, service, deps.connectors);
  await deps.store.audit.write({ actor, action: 'service.put', subject: service.id });
  return deps.registry.put(service);
}

/** The published flows that would no longer fit, were the service as it is given. */
export function wouldBreak({ store, registry }: ApiDeps, service: Service): Breaks {
  const next = asIf(registry, service);
  return store.definitions
    .list()
    .filter((flow) => calls(flow, service.id))
    .flatMap((flow) => {
      const problems = checkAgainstCatalogue(flow, nodeTypes, next);
      return problems.length === 0 ? [] : [{ flowId: flow.id, problems }];
    });
}

/** The published flows that a service's new description does not fit. */
export function breaks(deps: ApiDeps, serviceId: string): Breaks {
  return deps.store.definitions
    .list()
    .filter((flow) => calls(flow, serviceId))
    .flatMap((flow) => {
      const { flow: sound, problems } = deps.check(flow as unknown as Json);
      return sound === undefined ? [{ flowId: flow.id, problems: [...problems] }] : [];
    });
}

export function usedBy(deps: ApiDeps, serviceId: string): string[] {
  return deps.store.definitions
    .list()
    .filter((flow) => calls(flow, serviceId))
    .map((flow) => flow.id);
}

/** Whether a scope, or one inside it, calls a service. */
function calls(scope: Scope, serviceId: string): boolean {
  return Object.values(scope.nodes).some((node) => {
    if (node['service'] === serviceId) return true;
    const type = Object.hasOwn(nodeTypes, node.type) ? nodeTypes[node.type as keyof typeof nodeTypes] : undefined;
    if (type === undefined) return false;
    return fieldsOf(nodeSchema(node.type, type), node as unknown as Json).some(
      (field) => field.kind === 'scope' && calls(field.value as unknown as Scope, serviceId),
    );
  });
}
