import type { formula as en } from '../en/formula.ts';

export const formula: typeof en = {
  unknownPath: '此处没有名为 {{path}} 的数据',
  unwritable: '此规则无法写成公式（{{reason}}），请在 JSON 视图中修改。',
};
