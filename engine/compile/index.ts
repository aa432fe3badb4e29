export { compile } from './compile.ts';
export { interpret, scopeMachine, tabulate } from './machine.ts';
export { defaultLimits, type Limits, type Program } from './program.ts';
