import { LeewayError } from '../../model/index.js';
import type { Command } from '../command.js';
import { onlyHelp } from '../no-options.js';

const EXIT_USAGE = 2;

const CHECK_USAGE = `Usage: leeway check

Reads the configuration as serve would, builds what can be built without touching anything, and says what it means.

Exit codes: 0 it can be used, 2 it cannot (and why)`;

/** `leeway check`: would serve start with this configuration, and what would it do? */
export const check: Command = {
  async run(args, io) {
    const done = onlyHelp('check', CHECK_USAGE, args, io);
    if (done !== null) return done;
    try {
      const [{ loadConfig }, { checkParts }] = await Promise.all([
        import('../../config/index.js'),
        import('../../main.js'),
      ]);
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
