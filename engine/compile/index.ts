export { compile } from './compile.ts';
export { scopeMachine, tableMachine } from './machine.ts';
export type { Program } from './program.ts';
