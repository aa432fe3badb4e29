import type { Connector } from '@heddle/connectors/sdk/index';
import { messageOf, type Problem, pointer } from '../errors.ts';
import { configOf } from './endpoints/index.ts';
import { discoveryProblems } from './instances/index.ts';
import type { Service } from './service.ts';

/** What is wrong with the endpoints of a service whose shape and configuration are right. */
export function endpointProblems(service: Service, connector: Connector | undefined): readonly Problem[] {
  if (connector === undefined) return []; // said elsewhere
  const { endpoints, discovery } = service;
  const problems: Problem[] = [];
  if (discovery) {
    if (!canMove(service, connector))
      problems.push(problem('/discovery', `services of ${connector.protocol} have no address that could be looked up`));
    for (const each of discoveryProblems(discovery)) problems.push(problem(`/discovery${each.pointer}`, each.message));
  }
  if (endpoints === undefined) return problems;
  const ids = new Set<string>();
  for (const [index, endpoint] of endpoints.entries()) {
    const at = pointer('endpoints', index);
    if (ids.has(endpoint.id)) problems.push(problem(`${at}/id`, `there is another endpoint ${endpoint.id}`));
    ids.add(endpoint.id);
    if ((endpoint.address === undefined) === (endpoint.config === undefined))
      problems.push(problem(at, 'must have either an address or a config'));
    else problems.push(...placeProblems(endpoint, service, connector, at));
  }
  if (discovery === undefined && !endpoints.some(({ when, weight = 1 }) => when === undefined && weight > 0))
    problems.push(
      problem(
        '/endpoints',
        'one of them at least must have a weight and no `when`, for the calls that nothing matches',
      ),
    );
  return problems;
}

function placeProblems(
  endpoint: NonNullable<Service['endpoints']>[number],
  service: Service,
  connector: Connector,
  at: string,
): Problem[] {
  if (endpoint.address && !canMove(service, connector))
    return [problem(`${at}/address`, `services of ${connector.protocol} have no address; use config in its place`)];
  const part = endpoint.address ? `${at}/address` : `${at}/config`;
  return connector
    .configProblems(configOf(endpoint, service.config, connector))
    .map((each) => problem(endpoint.address ? part : part + each.pointer, `${each.pointer} ${each.message}`));
}

/** Whether the connector knows what another address of this service would be. */
function canMove({ config }: Service, connector: Connector): boolean {
  try {
    return connector.at(config, { host: '127.0.0.1', port: 1 }) !== undefined;
  } catch (error) {
    // Only a configuration with problems is refused, and these are said where they are.
    if (connector.configProblems(config).length > 0) return true;
    throw new Error(`the connector ${connector.protocol} cannot move: ${messageOf(error)}`, { cause: error });
  }
}

const problem = (at: string, message: string): Problem => ({ pointer: at, code: 'SERVICE_INVALID', message });
