export { type Known, knownInFlow } from './dataflow.ts';
export {
  BranchField,
  Condition,
  Duration,
  ErrorCodePattern,
  type Field,
  type FieldKind,
  fieldsOf,
  NODE_ID_PATTERN,
  NodeRef,
  ScopeField,
  Value,
} from './fields.ts';
export {
  type Flow,
  flowSchema,
  type Node,
  type NodeShape,
  type NodeShapes,
  nodeSchema,
  Retry,
  type Scope,
  type ScopeRule,
  Text,
} from './flow.ts';
export { type DefinitionLimits, definitionLimits, type Parsed, parse, shapeProblems } from './parse.ts';
export { collectWords, MASK, redactText } from './redact.ts';
export { type HttpTrigger, type MessageTrigger, type Trigger, triggerShapes } from './trigger.ts';
export { canonicalJson, contentHash, sha256Hex } from './version.ts';
