import type { Command, CommandIo } from '../command.js';
import { askReadiness } from '../readiness/ask.js';
import {
  parseReadinessOptions,
  READINESS_USAGE,
  type ReadinessOptions,
  ReadinessUsageError,
} from '../readiness/options.js';
import { readinessLines } from '../readiness/report.js';

const EXIT_READY = 0;
const EXIT_NOT_READY = 1;
const EXIT_USAGE = 2;

/** `leeway readiness`: may this version, model, tool or argument be removed? */
export const readiness: Command = {
  async run(args, io) {
    try {
      const options = parseReadinessOptions(args, io.env);
      if (options !== 'help') return await ask(options, io);
      io.out(READINESS_USAGE);
      return EXIT_READY;
    } catch (error) {
      if (!(error instanceof ReadinessUsageError)) throw error;
      io.err(`readiness: ${error.message}`);
      io.err('Run "leeway readiness --help" for the options.');
      return EXIT_USAGE;
    }
  },
};

async function ask(options: ReadinessOptions, io: CommandIo): Promise<number> {
  const answer = await askReadiness(options, io.signal);
  if (options.json) io.out(JSON.stringify(answer));
  else for (const line of readinessLines(answer)) io.out(line);
  return answer.ready ? EXIT_READY : EXIT_NOT_READY;
}
