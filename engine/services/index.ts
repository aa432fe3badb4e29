export { checkAgainstCatalogue } from './flow-check.ts';
export { asIf, compareServices, createImporter, fitToConnector, keepWhatWasSet } from './import/index.ts';
export { createInvoker, type InvokerParts } from './invoke.ts';
export type {
  InvokeContext,
  InvokeFailure,
  InvokeRequest,
  InvokeResult,
  Invoker,
  OperationStats,
} from './invoker.ts';
export { type ParsedService, parseService } from './parse.ts';
export {
  createServiceRegistry,
  type RegisteredService,
  type ResolvedOperation,
  type ServiceChange,
  type ServiceRegistry,
} from './registry.ts';
export { type CompiledSchema, compileSchema, type JsonSchema, type SchemaValidator } from './schema.ts';
export { type Operation, type Policy, type Safety, type Service, ServiceSchema } from './service.ts';
