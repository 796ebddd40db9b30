export { WatchHost, type WatchHostParts, type WatchStatus } from './watch-host.js';
