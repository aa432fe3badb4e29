import {
  type CallError,
  ConfigError,
  type ConfigProblem,
  type ConnectorHost,
  type Connectors,
  type Discovered,
  isCallError,
} from '@heddle/connectors/sdk/index';
import { FlowError, pointer } from '../errors.ts';
import { type Imported, Report, refused, serviceIdOf, UsableSchemas } from './import/index.ts';
import type { JsonSchema } from './schema.ts';
import type { Operation, Service } from './service.ts';

export interface DiscoverServiceRequest {
  /** The protocol of the connector. */
  readonly connector: string;
  readonly from: unknown;
  /** Default: made of what the service calls itself. */
  readonly id?: string | undefined;
}

export interface DiscoverParts {
  readonly connectors: Connectors;
  readonly host: ConnectorHost;
}

/**
 * Makes a service by asking what is to become one, or of what describes it.
 *
 * @throws {FlowError} `IMPORT_INVALID` with the place and the cure; `SERVICE_UNAVAILABLE` if nobody answers;
 *   `ADDRESS_REFUSED` if the address may not be called.
 */
export async function discoverService(
  { connector: protocol, from, id }: DiscoverServiceRequest,
  { connectors, host }: DiscoverParts,
): Promise<Imported> {
  const connector = connectors.get(protocol);
  const asking = [...connectors.values()].filter(({ discoverFrom }) => discoverFrom).map((each) => each.protocol);
  if (!connector?.discoverFrom)
    throw refused(
      `${protocol} services cannot be asked to describe themselves; these can: ${asking.join(', ')}`,
      '/connector',
    );
  try {
    return importedOf(await connector.discover(from, host), protocol, id);
  } catch (error) {
    if (error instanceof ConfigError) throw misfit(error.problems);
    if (isCallError(error)) throw failed(error);
    throw error;
  }
}

function importedOf(discovered: Discovered, connector: string, wantedId: string | undefined): Imported {
  const report = new Report();
  const usable = new UsableSchemas(report);
  for (const { pointer: at, what, reason } of discovered.skipped) report.skip(at, what, reason);
  for (const warning of discovered.warnings) report.warn(warning);
  const operations = Object.entries(discovered.operations).map(([id, { request, response, ...operation }]) => {
    const at = pointer('operations', id);
    const whole = {
      ...operation,
      request: usable.pass(request as JsonSchema, at, 'request schema'),
      response: usable.pass(response as JsonSchema, at, 'response schema'),
    };
    return [id, whole as Operation] as const; // JsonSchema is read-only, the stored form is not typed so
  });
  if (operations.some(([, { readOnly }]) => readOnly !== true))
    report.warn('The service does not say which operations move money: mark those, and say their safety');
  const { title, description, config } = discovered;
  const id = wantedId ?? serviceIdOf(title ?? connector);
  const service: Service = {
    id,
    title: title ?? id,
    ...(description !== undefined && { description }),
    connector,
    config: { ...config },
    operations: Object.fromEntries(operations),
  };
  return { service, skipped: report.skipped, warnings: report.warnings };
}

function misfit(problems: readonly ConfigProblem[]): FlowError {
  const all = problems.map(({ pointer: at, message }) => ({
    pointer: `/from${at}`,
    code: 'IMPORT_INVALID',
    message,
  }));
  const words = all.map((each) => `${each.pointer} ${each.message}`).join('; ');
  return new FlowError('IMPORT_INVALID', words, { details: { problems: all } });
}

function failed(error: CallError): FlowError {
  const { kind, message, body } = error;
  if (kind === 'address-refused') return new FlowError('ADDRESS_REFUSED', message, { cause: error });
  if (kind === 'unavailable' || kind === 'timeout')
    return new FlowError('SERVICE_UNAVAILABLE', `the service cannot be asked: ${message}`, { cause: error });
  return refused(message, `/from${placeIn(body)}`);
}

/** Connectors name the place in their `from` in the body, if they know it. */
function placeIn(body: CallError['body']): string {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return '';
  const at = new Map<string, unknown>(Object.entries(body)).get('pointer');
  return typeof at === 'string' ? at : '';
}
