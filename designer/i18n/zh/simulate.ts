import type { simulate as en } from '../en/simulate.ts';

export const simulate: typeof en = {};
