import type { publish as en } from '../en/publish.ts';

export const publish: typeof en = {};
