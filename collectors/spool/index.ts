export { Spool, type SpoolOptions, type SpoolStatus } from './spool.js';
