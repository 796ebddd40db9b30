import { parseArgs } from 'node:util';
import { createRegistry } from './server.js';

/**
 * Usage: REGISTRY_WEBHOOK_SECRET=whsec_… node main.js [--port 0] [--fail-for-seconds 20] [--exit-with-stdin]
 * Prints one JSON line once it listens.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: process.env['REGISTRY_PORT'] ?? '4400' },
    'fail-for-seconds': { type: 'string', default: '0' },
    'exit-with-stdin': { type: 'boolean', default: false },
  },
});
const webhookSecret = process.env['REGISTRY_WEBHOOK_SECRET'];
if (!webhookSecret) {
  console.error('registry: set REGISTRY_WEBHOOK_SECRET to the whsec_… secret that Leeway signs with');
  process.exit(2);
}

const registry = createRegistry({
  webhookSecret,
  failForSeconds: Number(values['fail-for-seconds']),
  now: Date.now,
});
const url = await registry.listen({ host: '127.0.0.1', port: Number(values.port) });
console.log(JSON.stringify({ event: 'listening', url }));

const stop = () => void registry.close().then(() => process.exit(0));
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
// A parent that dies takes the registry with it: its end of the pipe closes.
if (values['exit-with-stdin']) process.stdin.on('end', stop).resume();
