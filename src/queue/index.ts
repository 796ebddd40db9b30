export { type Jobs, openEmbeddedJobs, openRedisJobs } from './queue.js';
