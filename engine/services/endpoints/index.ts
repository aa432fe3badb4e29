export { configOf } from './definitions.ts';
export { Endpoints } from './endpoints.ts';
export type { EndpointStats, ServiceEndpoints } from './stats.ts';
