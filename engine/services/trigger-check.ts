import type { Connectors } from '@heddle/connectors/sdk/index';
import type { Flow } from '../definition/index.ts';
import { type Problem, pointer } from '../errors.ts';
import { brokerProblems } from './flow-check.ts';
import type { ServiceRegistry } from './registry.ts';

/** Whether the message triggers of a flow can read what they name. */
export function checkTriggers(flow: Flow, registry: ServiceRegistry, connectors: Connectors): Problem[] {
  return (flow.triggers ?? []).flatMap((trigger, index): Problem[] => {
    if (trigger.type !== 'message') return [];
    const at = pointer('triggers', index);
    const connector = registry.get(trigger.service)?.service.connector;
    if (connector === undefined) return brokerProblems(trigger.service, at, registry);
    const problems = connectors.get(connector)?.sourceProblems(trigger.source) ?? [];
    return problems.map((each) => ({ pointer: `${at}/source${each.pointer}`, code: 'source', message: each.message }));
  });
}
