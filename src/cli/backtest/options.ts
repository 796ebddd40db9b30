import { parseArgs } from 'node:util';
import { errorMessage } from '../../model/index.js';

export const BACKTEST_USAGE = `Usage: leeway backtest FILE [FILE2] --version-column C --baseline V --candidate V
                [--outcome C] [--output C [--schema S.json]] [--latency C] [--json]

Replays rows of two versions as if they had served side by side, and prints the verdict Leeway would have reached.
FILE is CSV, TSV, JSON Lines or Parquet (also .gz, .zst). With FILE2 the baseline is FILE and the candidate is FILE2;
--version-column, --baseline and --candidate may then be left out.

  --version-column C   column that tells the versions apart
  --baseline V         the version that was live; --candidate V the one that was to replace it.
                       The same version twice splits its rows in two halves, row by row (an A/A test).
  --outcome C          success of a row: true/false, 1/0, or a score from 0 to 1 (below 0.5 is a failure); empty = unknown
  --output C           text of a structured output, checked as JSON and, with --schema, against a JSON Schema;
                       an empty text is a failure, a missing value is not counted
  --latency C          milliseconds or seconds: median and 95th percentile are reported, not judged
  --json               one JSON object on standard output

Exit code: 0 promote or hold, 3 rollback, 4 insufficient data, 2 wrong usage or unreadable data.`;

export interface BacktestOptions {
  /** One file with both versions, or the baseline's and the candidate's. */
  readonly files: readonly [string] | readonly [string, string];
  readonly versionColumn: string | null;
  readonly baseline: string | null;
  readonly candidate: string | null;
  readonly outcomeColumn: string | null;
  readonly outputColumn: string | null;
  readonly schemaFile: string | null;
  readonly latencyColumn: string | null;
  readonly json: boolean;
  readonly help: boolean;
}

/** Wrong usage or data that cannot be judged: the message is for people, the exit code is 2. */
export class BacktestUsageError extends Error {}

/** @throws BacktestUsageError naming the option that is unknown, missing or contradictory. */
export function parseBacktestOptions(args: readonly string[]): BacktestOptions {
  const { values, positionals } = parse(args);
  const options: BacktestOptions = {
    files: filesOf(positionals, values.help),
    versionColumn: values['version-column'] ?? null,
    baseline: values.baseline ?? null,
    candidate: values.candidate ?? null,
    outcomeColumn: values.outcome ?? null,
    outputColumn: values.output ?? null,
    schemaFile: values.schema ?? null,
    latencyColumn: values.latency ?? null,
    json: values.json,
    help: values.help,
  };
  if (!options.help) requireComplete(options);
  return options;
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        'version-column': text,
        baseline: text,
        candidate: text,
        outcome: text,
        output: text,
        schema: text,
        latency: text,
        json: flag,
        help: { ...flag, short: 'h' },
      },
    });
  } catch (error) {
    throw new BacktestUsageError(errorMessage(error));
  }
}

function filesOf(positionals: readonly string[], help: boolean): BacktestOptions['files'] {
  const [first, second, third] = positionals;
  if (first === undefined && help) return [''];
  if (first === undefined) throw new BacktestUsageError('no file was given');
  if (third !== undefined) throw new BacktestUsageError(`at most two files can be compared, and ${third} is a third`);
  return second === undefined ? [first] : [first, second];
}

function requireComplete(options: BacktestOptions): void {
  const { files, versionColumn, baseline, candidate, outcomeColumn, outputColumn, schemaFile } = options;
  if (files.length === 1) {
    const given = { '--version-column': versionColumn, '--baseline': baseline, '--candidate': candidate };
    for (const [name, value] of Object.entries(given)) {
      if (value === null) throw new BacktestUsageError(`${name} is needed with one file`);
    }
  }
  if (outcomeColumn === null && outputColumn === null) {
    throw new BacktestUsageError('nothing to judge: give --outcome, --output or both');
  }
  if (schemaFile !== null && outputColumn === null) throw new BacktestUsageError('--schema needs --output');
}
