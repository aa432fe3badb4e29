import type { Service } from '../operation.ts';
import { coreLedger } from './core-ledger/index.ts';

/** Every service of the bank. To add one: a file beside this, and one line here. */
export const services: readonly Service[] = [coreLedger];
