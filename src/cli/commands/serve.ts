import type { Command } from '../command.js';
import { onlyHelp } from '../no-options.js';

/** A graceful stop that takes longer than this is cut short: what is not in the store is in the spool. */
const STOP_TIMEOUT_MS = 20_000;

/**
 * Read by the allocator of the embedded engine when it is loaded. Every load needs as much memory as the one before: with
 * its own default the pages went back to the system after each and were faulted in again, a twentieth of all CPU under load.
 */
const ALLOCATOR = { variable: 'JE_MALLOC_CONF', options: 'dirty_decay_ms:30000' } as const;

const SERVE_USAGE = `Usage: leeway serve

Runs the service until SIGINT or SIGTERM. It takes no options: everything comes from the environment and from the file
that LEEWAY_CONFIG names (docs/operations.md).

Exit codes: 0 stopped, 1 it could not start (and why), 2 usage`;

/** `leeway serve`: the service, until it is told to stop. */
export const serve: Command = {
  async run(args, io) {
    const done = onlyHelp('serve', SERVE_USAGE, args, io);
    if (done !== null) return done;
    process.env[ALLOCATOR.variable] ??= ALLOCATOR.options;
    // Only now: whoever asks for help need not wait for all that the service is made of.
    const [{ loadConfig }, { startService, VERSION }, { startOwnTelemetry }] = await Promise.all([
      import('../../config/index.js'),
      import('../../main.js'),
      import('../../telemetry/index.js'),
    ]);
    const config = loadConfig(io.env);
    const log = (message: string) => io.err(`${new Date().toISOString()} ${message}`);
    const stopTelemetry = await startOwnTelemetry(io.env['OTEL_EXPORTER_OTLP_ENDPOINT'], config, log);
    log(`leeway ${VERSION} starting on ${config.dataDirectory}`);
    const service = await startService(config, log);
    log(`leeway listens on ${service.url} (OTLP/HTTP, API at /api/docs, page at /)`);
    if (service.grpcAddress !== null) log(`leeway takes OTLP/gRPC on ${service.grpcAddress}`);
    await new Promise<void>((resolve) => {
      if (io.signal.aborted) resolve();
      else io.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    log('stopping: draining requests, spool and jobs');
    const timeout = setTimeout(() => {
      log(`not drained after ${STOP_TIMEOUT_MS / 1000} s; the rest waits in the spool for the next start`);
      process.exit(0);
    }, STOP_TIMEOUT_MS);
    await service.stop();
    await stopTelemetry?.();
    clearTimeout(timeout);
    log('stopped');
    return 0;
  },
};
