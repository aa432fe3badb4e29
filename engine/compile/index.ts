export { compile } from './compile.ts';
export { interpret, scopeMachine, tabulate } from './machine.ts';
export type { Program } from './program.ts';
