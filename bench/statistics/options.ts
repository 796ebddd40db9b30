import { parseArgs } from 'node:util';

const DEFAULT_PLOTS = 'docs/images';
const LIMITS = { runs: 1_000_000, looks: 1_000_000, seed: 2 ** 31 - 1 };

export interface CommandOptions {
  readonly runs: number;
  readonly looks: number;
  readonly seed: number;
  readonly json: boolean;
  /** Directory for the plots; `null` draws none. */
  readonly plots: string | null;
}

export const USAGE = `usage: npm run bench:stats -- [--runs N] [--looks N] [--seed N] [--json] [--plots [DIR]]
  --runs   simulated runs of each row (default 1000; kernel B and intervals a fifth, waiting times four times as many)
  --looks  looks of a run (default 10000)
  --seed   another set of random numbers (default 1)
  --json   ends with one line of JSON instead of tables
  --plots  writes the plots of docs/statistics.md to DIR (default ${DEFAULT_PLOTS})`;

/** @throws TypeError or RangeError saying what is wrong with the arguments. */
export function readOptions(args: readonly string[]): CommandOptions {
  const { values } = parseArgs({
    args: withDefaultPlots(args),
    options: {
      runs: { type: 'string', default: '1000' },
      looks: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      plots: { type: 'string' },
    },
  });
  return {
    runs: count('runs', values.runs),
    looks: count('looks', values.looks),
    seed: count('seed', values.seed),
    json: values.json,
    plots: values.plots ?? null,
  };
}

/** `--plots` without a directory means the place that the documentation shows. */
function withDefaultPlots(args: readonly string[]): string[] {
  return args.flatMap((arg, index) =>
    arg === '--plots' && (args[index + 1] ?? '--').startsWith('--') ? [`--plots=${DEFAULT_PLOTS}`] : [arg],
  );
}

function count(name: keyof typeof LIMITS, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1 || value > LIMITS[name]) {
    throw new RangeError(`--${name} must be a whole number from 1 to ${LIMITS[name]}, got ${text}`);
  }
  return value;
}
