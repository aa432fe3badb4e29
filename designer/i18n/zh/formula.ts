import type { formula as en } from '../en/formula.ts';

export const formula: typeof en = {};
