import type { monitor as en } from '../en/monitor.ts';

export const monitor: typeof en = {
  now: '在此之前',
  monitor: {
    title: '监控',
    body: '这里将显示流程与服务的吞吐、时延、错误和告警随时间的变化。',
    services: '服务的实时数据',
    servicesHelp: '每个操作的调用数、错误数和熔断状态。',
    operator: '待人工处理的运行',
    operatorHelp: '需要有人决定才能继续的运行。',
    metrics: '全部指标（Prometheus）',
    metricsHelp: '抓取该地址，用 Grafana 等工具绘图。',
  },
};
