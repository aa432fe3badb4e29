import type { tasks as en } from '../en/tasks.ts';

export const tasks: typeof en = {};
