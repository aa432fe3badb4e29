export { discoverService } from './discover.ts';
export { type EffectivePolicy, effectivePolicy, type PartInForce, type PolicyLevel } from './effective-policy.ts';
export type { ServiceEndpoints } from './endpoints/index.ts';
export { ABORTS, type Fault, type FaultSettings, type Faults } from './fault.ts';
export { checkAgainstCatalogue } from './flow-check.ts';
export { type GroupDefinition, GroupSchema, parseGroup, type ServiceGroup, type ServiceGroups } from './groups.ts';
export {
  asIf,
  compareServices,
  createImporter,
  fetchDocument,
  fitToConnector,
  type Imported,
  keepWhatWasSet,
} from './import/index.ts';
export { createInvoker, type InvokerParts } from './invoke.ts';
export type {
  InvokeContext,
  InvokeFailure,
  InvokeRequest,
  InvokeResult,
  Invoker,
  OperationStats,
} from './invoker.ts';
export { mergePatch } from './merge-patch.ts';
export { type ParsedService, parseService } from './parse.ts';
export { type Policy, PolicySchema } from './policy-schema.ts';
export {
  createServiceRegistry,
  type RegisteredService,
  type ResolvedOperation,
  type ServiceChange,
  type ServiceRegistry,
} from './registry.ts';
export { type CompiledSchema, compileSchema, type JsonSchema, type SchemaValidator } from './schema.ts';
export { destinationOf, secretNames } from './secret-use.ts';
export { identifier, type Operation, type Safety, type Service, ServiceSchema } from './service.ts';
export { checkTriggers } from './trigger-check.ts';
export { createWorkers, type Workers } from './workers/index.ts';
