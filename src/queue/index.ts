export { openEmbeddedJobs } from './embedded.js';
export type { Jobs } from './jobs.js';
export { openRedisJobs } from './redis.js';
