import type { palette as en } from '../en/palette.ts';

export const palette: typeof en = {
  title: '组件面板',
  search: '搜索步骤与操作',
  next: '接下来做什么？',
  list: '步骤与操作',
  empty: '没有找到匹配项',
  groups: { service: '服务', control: '控制', time: '时间', people: '人员', data: '数据' },
  catalogue: '服务操作',
  noServices: '尚未注册任何服务',
  failed: '服务目录加载失败',
  collapse: '收起组件面板',
  expand: '展开组件面板',
  how: '拖到画布上，或按回车添加',
};
