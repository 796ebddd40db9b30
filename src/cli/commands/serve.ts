import { loadConfig } from '../../config/index.js';
import { startService, VERSION } from '../../main.js';
import { LeewayError } from '../../model/index.js';
import { startOwnTelemetry } from '../../telemetry/index.js';
import type { Command } from '../command.js';

/** A graceful stop that takes longer than this is cut short: what is not in the store is in the spool. */
const STOP_TIMEOUT_MS = 20_000;

export const serve: Command = {
  name: 'serve',
  summary: 'Run the service: OTLP, API and web page on one port',
  async run(_args, io) {
    const config = loadConfig(io.env);
    const log = (message: string) => io.err(`${new Date().toISOString()} ${message}`);
    const stopTelemetry = startOwnTelemetry(io.env['OTEL_EXPORTER_OTLP_ENDPOINT'], config, log);
    log(`leeway ${VERSION} starting on ${config.dataDirectory}`);
    const service = await startService(config, log);
    log(`leeway listens on ${service.url} (OTLP/HTTP, API at /api/docs, page at /)`);
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
  async run(_args, io) {
    try {
      const config = loadConfig(io.env);
      io.out(`engine    ${config.clickhouseUrl ? 'ClickHouse server' : `embedded, ${config.dataDirectory}`}`);
      io.out(`queue     ${config.queueUrl ? 'Redis' : 'embedded'}`);
      io.out(`listens   ${config.host}:${config.port}`);
      io.out(`targets   ${config.targets.length} configured`);
      io.out(`registry  ${config.registries.map(({ name, type }) => `${name} (${type})`).join(', ') || 'none'}`);
      io.out(`notifiers ${config.notifiers.map(({ name, type }) => `${name} (${type})`).join(', ') || 'none'}`);
      return 0;
    } catch (error) {
      if (!(error instanceof LeewayError)) throw error;
      io.err(error.message);
      return 2;
    }
  },
};
