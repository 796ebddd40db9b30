export { WatchHost, type WatchStatus } from './watch-host.js';
