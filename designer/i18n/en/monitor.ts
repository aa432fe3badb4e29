export const monitor = {
  now: 'Until then',
  monitor: {
    title: 'Monitor',
    body: 'Here will be throughput, latencies, errors and alarms of flows and services over time.',
    services: 'Figures of services',
    servicesHelp: 'Calls, errors and breakers of every operation, live.',
    operator: 'Runs that need an operator',
    operatorHelp: 'What cannot go on without somebody’s decision.',
    metrics: 'All figures for Prometheus',
    metricsHelp: 'Scrape this address and draw them with Grafana or the like.',
  },
};
