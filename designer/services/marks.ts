import type { Operation, Policy, Service } from '@heddle/engine/api/contract';

/** The safety in force: what is declared, else by whether it only reads. */
export const safetyOf = (operation: Operation): 'idempotent' | 'query' | 'once' =>
  operation.safety ?? (operation.readOnly === true ? 'idempotent' : 'once');

/** Whether a mock answers in place of the service: the most exact level that says anything decides. */
export function isMocked(group: Policy | undefined, service: Service, operation: Operation): boolean {
  const said = [operation.policy, service.policy, group].find((policy) => policy?.mock !== undefined);
  return said?.mock !== undefined && said.mock !== false;
}
