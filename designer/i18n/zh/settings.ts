import type { settings as en } from '../en/settings.ts';

export const settings: typeof en = {
  title: '设置',
  look: '外观',
  language: { label: '语言', en: 'English', zh: '中文' },
  theme: { label: '主题', light: '浅色', dark: '深色', system: '跟随系统' },
  you: '你',
  user: '你的名字',
  userHint: '例如 li',
  userHelp: '随你的所有操作一起记录：草稿、任务、审计。引擎直接采信，目前没有访问控制。',
  about: '引擎',
  version: '版本',
  health: '状态',
  ready: '正常接收任务',
  notReady: '暂不接收任务：',
  unreachable: '无法连接',
  activeRuns: '执行中的运行',
  docs: '接口文档与示例',
  openapi: 'OpenAPI 文档',
  schema: '流程定义的 Schema',
  metrics: '指标',
};
