import type { monitor as en } from '../en/monitor.ts';

export const monitor: typeof en = {};
