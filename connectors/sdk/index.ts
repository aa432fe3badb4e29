export { Type } from 'typebox';
export { AddressError, type AddressRule, addressRule, guardedLookup, isRange, type Lookup } from './address.ts';
export { AllowAddresses, allowAddressesProblems } from './allow-addresses.ts';
export { CallError, type CallErrorFacts, type CallErrorKind, isCallError, MAX_ERROR_BODY_BYTES } from './call-error.ts';
export type {
  Address,
  Answer,
  CallContext,
  CallRequest,
  ConfigProblem,
  Connection,
  Connector,
  ConnectorDefinition,
  ConnectorHost,
  Connectors,
  Discovered,
  DiscoveredOperation,
  Listening,
  ListenOptions,
  Message,
  Outgoing,
  Title,
} from './connector.ts';
export { createDeadlines, type Deadline, type Deadlines, type Ticker } from './deadline.ts';
export { ConfigError, defineConnector } from './define.ts';
export { closed, judged, reasonOf, refused, rejected, unavailable, unreadable } from './failure.ts';
export { hostAndPort } from './host-port.ts';
export { type Json, type JsonOptions, type JsonResult, readJson } from './json.ts';
export type { JsonProblem } from './json-problem.ts';
export { Lifetime } from './lifetime.ts';
export { bytesOf, checkText, headersOf } from './outgoing.ts';
export { atMost, Pauses, restMs } from './pauses.ts';
export { pointerTo } from './pointer.ts';
export { schemaProblems } from './schema-problems.ts';
export { SecretRef, secretOf } from './secret.ts';
export { Takes } from './takes.ts';
export { Tls, tlsFields, tlsOf, tlsProblems } from './tls.ts';
export { within } from './within.ts';
