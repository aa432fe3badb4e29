export { createWorkers, type Job, type JobFailure, type TakeRequest, type Workers } from './workers.ts';
