export { watchLoop } from './admission.ts';
export { type EmbeddedOptions, EmbeddedRuntime, type RuntimeLog, type RuntimeObserver } from './embedded.ts';
export { statements } from './statements.ts';
