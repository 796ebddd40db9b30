export { type JobData, type JobHandler, type Jobs, type Lane, openEmbeddedJobs, openRedisJobs } from './queue.js';
