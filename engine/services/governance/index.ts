export { type Breaker, type BreakerSettings, type BreakerState, breaker } from './breaker.ts';
export { bulkhead } from './bulkhead.ts';
export { type AnswerCache, answerCache, canonical } from './cache.ts';
export { type Call, type Layer, Refusal, type Run } from './call.ts';
export { withinDeadline } from './deadline.ts';
export { keep } from './keep.ts';
export { MockFailure, mockRun, pause } from './mock.ts';
export { rateLimit } from './rate-limit.ts';
export { type RetrySettings, retry } from './retry.ts';
