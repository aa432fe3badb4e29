export type {
  InvokeContext,
  InvokeFailure,
  InvokeRequest,
  InvokeResult,
  Invoker,
  OperationStats,
} from './invoker.ts';
export {
  createServiceRegistry,
  type RegisteredService,
  type ResolvedOperation,
  type ServiceChange,
  type ServiceRegistry,
} from './registry.ts';
export { type Operation, type Policy, type Safety, type Service, ServiceSchema, safetyOf } from './service.ts';
