import type { canvas as en } from '../en/canvas.ts';

export const canvas: typeof en = {};
