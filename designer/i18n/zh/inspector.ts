import type { inspector as en } from '../en/inspector.ts';

export const inspector: typeof en = {};
