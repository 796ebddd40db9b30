import type { Command, CommandIo } from '../command.js';
import { readContractFile } from '../schema/contract-file.js';
import { parseSchemaOptions, SCHEMA_USAGE, type SchemaOptions, SchemaUsageError } from '../schema/options.js';
import { judgeFiles, reportLines, verdictOf } from '../schema/report.js';

/** Exit codes that a CI step can tell apart; the same numbers as those of `backtest`. */
const EXIT_OF_VERDICT = { compatible: 0, incompatible: 3, unknown: 4 } as const;
const EXIT_USAGE = 2;

/** `leeway schema check`: may this version of a schema, or of a set of tools, replace that one? */
export const schema: Command = {
  async run(args, io) {
    try {
      const options = parseSchemaOptions(args);
      if (options !== 'help') return check(options, io);
      io.out(SCHEMA_USAGE);
      return 0;
    } catch (error) {
      if (!(error instanceof SchemaUsageError)) throw error;
      io.err(`schema: ${error.message}`);
      io.err('Run "leeway schema --help" for the options.');
      return EXIT_USAGE;
    }
  },
};

function check(options: SchemaOptions, io: CommandIo): number {
  const report = judgeFiles(options.previous.map(readContractFile), readContractFile(options.next), options);
  const verdict = verdictOf(report);
  if (options.json) io.out(JSON.stringify({ verdict, ...report }));
  else for (const line of reportLines(report)) io.out(line);
  return EXIT_OF_VERDICT[verdict];
}
