export { CallError, type CallErrorFacts, type CallErrorKind, isCallError, MAX_ERROR_BODY_BYTES } from './call-error.ts';
export type {
  Answer,
  CallContext,
  CallRequest,
  ConfigProblem,
  Connection,
  Connector,
  ConnectorDefinition,
  ConnectorHost,
  Connectors,
  Title,
} from './connector.ts';
export type { Deadline } from './deadline.ts';
export type { Json } from './json.ts';
