import { parseArgs } from 'node:util';
import { errorMessage } from '../../model/index.js';
import { meaningOfColumn, OUTCOME_MEANINGS, type OutcomeMeaning } from './outcome-meaning.js';

export const BACKTEST_USAGE = `Usage: leeway backtest FILE [FILE2] --version-column C --baseline V --candidate V
                [--outcome C [--outcome-means success|safety]] [--output C [--schema S.json]]
                [--latency C] [--fail-on-change] [--json]

Replays rows of two versions as if they had served side by side, and prints the verdict Leeway would have reached.
FILE is CSV, TSV, JSON Lines or Parquet (also .gz, .zst). With FILE2 the baseline is FILE and the candidate is FILE2;
--version-column, --baseline and --candidate may then be left out.

  --version-column C   column that tells the versions apart
  --baseline V         the version that was live; --candidate V the one that was to replace it.
                       The same version twice splits its rows in two halves, row by row (an A/A test).
  --outcome C          result of a row: true/false, 1/0, or a score from 0 to 1 (below 0.5 is false); empty = unknown
  --outcome-means M    success: false is a failure, and more of them roll back. safety: the column says whether the
                       model answered or refused, and a move either way is a finding. Without it, by the name of
                       the column: "Response Rate", "refused", "flagged", … mean safety
  --output C           text of an output. Judged for behaviour (how it is written), safety (refusals) and length;
                       a move either way is a finding. A missing value is not counted
  --schema FILE        the outputs must be JSON that satisfies this JSON Schema ({} asks for JSON only);
                       an empty text is a failure
  --latency C          milliseconds or seconds: median and 95th percentile are reported, not judged
  --fail-on-change     a finding of behaviour, safety or length is a rollback; without it, it turns promote into hold
  --json               one JSON object on standard output

Exit code: 0 promote or hold, 3 rollback, 4 insufficient data, 2 wrong usage or unreadable data.`;

export interface BacktestOptions {
  /** One file with both versions, or the baseline's and the candidate's. */
  readonly files: readonly [string] | readonly [string, string];
  readonly versionColumn: string | null;
  readonly baseline: string | null;
  readonly candidate: string | null;
  readonly outcomeColumn: string | null;
  /** `success` without an outcome column. */
  readonly outcomeMeans: OutcomeMeaning;
  readonly outputColumn: string | null;
  readonly schemaFile: string | null;
  readonly latencyColumn: string | null;
  readonly failOnChange: boolean;
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
    outcomeMeans: outcomeMeaning(values['outcome-means'], values.outcome),
    outputColumn: values.output ?? null,
    schemaFile: values.schema ?? null,
    latencyColumn: values.latency ?? null,
    failOnChange: values['fail-on-change'],
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
        'outcome-means': text,
        output: text,
        schema: text,
        latency: text,
        'fail-on-change': flag,
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

function outcomeMeaning(given: string | undefined, column: string | undefined): OutcomeMeaning {
  if (given === undefined) return meaningOfColumn(column ?? '');
  if (column === undefined) throw new BacktestUsageError('--outcome-means needs --outcome');
  const meaning = OUTCOME_MEANINGS.find((known) => known === given);
  if (meaning !== undefined) return meaning;
  throw new BacktestUsageError(`--outcome-means must be ${OUTCOME_MEANINGS.join(' or ')}, got ${given}`);
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
