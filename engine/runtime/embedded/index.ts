export { EmbeddedRuntime, type EmbeddedOptions, type RuntimeLog, type RuntimeObserver } from './embedded.ts';
export { statements } from './statements.ts';
