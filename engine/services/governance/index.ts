export { type Breaker, type BreakerState, breaker } from './breaker.ts';
export { bulkhead } from './bulkhead.ts';
export { type Call, type Layer, Refusal, type Run } from './call.ts';
export { withinDeadline } from './deadline.ts';
export { rateLimit } from './rate-limit.ts';
export { retry } from './retry.ts';
