import { loadConfig } from '../../config/index.js';
import { checkParts, startService, VERSION } from '../../main.js';
import { LeewayError } from '../../model/index.js';
import { startOwnTelemetry } from '../../telemetry/index.js';
import type { Command, CommandIo } from '../command.js';

/** A graceful stop that takes longer than this is cut short: what is not in the store is in the spool. */
const STOP_TIMEOUT_MS = 20_000;

const EXIT_USAGE = 2;

const SERVE_USAGE = `Usage: leeway serve

Runs the service until SIGINT or SIGTERM. It takes no options: everything comes from the environment and from the file
that LEEWAY_CONFIG names (docs/operations.md).

Exit codes: 0 stopped, 1 it could not start (and why), 2 usage`;

const CHECK_USAGE = `Usage: leeway check

Reads the configuration as serve would, builds what can be built without touching anything, and says what it means.

Exit codes: 0 it can be used, 2 it cannot (and why)`;

/** Neither command takes options. @returns the exit code when there is nothing more to do */
function onlyHelp(name: string, usage: string, args: readonly string[], io: CommandIo): number | null {
  if (args.length === 0) return null;
  if (args.length === 1 && args[0] === '--help') {
    io.out(usage);
    return 0;
  }
  io.err(`${name} takes no options, got ${args.join(' ')}\n\n${usage}`);
  return EXIT_USAGE;
}

export const serve: Command = {
  name: 'serve',
  summary: 'Run the service: OTLP, API and web page on one port',
  async run(args, io) {
    const done = onlyHelp('serve', SERVE_USAGE, args, io);
    if (done !== null) return done;
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

export const check: Command = {
  name: 'check',
  summary: 'Check the configuration and say what it means',
  async run(args, io) {
    const done = onlyHelp('check', CHECK_USAGE, args, io);
    if (done !== null) return done;
    try {
      const config = loadConfig(io.env);
      await checkParts(config);
      io.out(`engine    ${config.clickhouseUrl ? 'ClickHouse server' : `embedded, ${config.dataDirectory}`}`);
      io.out(`queue     ${config.queueUrl ? 'Redis' : 'embedded'}`);
      io.out(`listens   ${config.host}:${config.port}`);
      io.out(`grpc      ${config.grpcPort === null ? 'off' : `${config.host}:${config.grpcPort}`}`);
      io.out(`targets   ${config.targets.length} configured`);
      io.out(`registry  ${config.registries.map(({ name, type }) => `${name} (${type})`).join(', ') || 'none'}`);
      io.out(`notifiers ${config.notifiers.map(({ name, type }) => `${name} (${type})`).join(', ') || 'none'}`);
      io.out(`webhooks  ${config.webhooks.map(({ name, type }) => `${name} (${type})`).join(', ') || 'none'}`);
      return 0;
    } catch (error) {
      if (!(error instanceof LeewayError)) throw error;
      io.err(error.message);
      return EXIT_USAGE;
    }
  },
};
