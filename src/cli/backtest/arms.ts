import { type BacktestOptions, BacktestUsageError } from './options.js';
import type { MetricUnits, UnitScore } from './replay.js';
import type { FileRow } from './rows.js';

/** Rows between two lines of progress. */
const PROGRESS_ROWS = 100_000;

/** Judges the text of one structured output: does it count, and did it comply? */
export type OutputCheck = (text: string) => UnitScore;

/** What the rows of both versions say, in file order. */
export interface CollectedArms {
  readonly baselineRows: number;
  readonly candidateRows: number;
  readonly metrics: readonly MetricUnits[];
  /** As given, without a unit; empty without --latency. */
  readonly latency: { readonly baseline: readonly number[]; readonly candidate: readonly number[] };
}

interface Arm {
  readonly outcomes: UnitScore[];
  readonly outputs: UnitScore[];
  readonly latencies: number[];
  rows: number;
}

/**
 * Sorts rows into arms and reads their values.
 * @throws BacktestUsageError naming file, row and column of a value that cannot be read, or the version without a row
 */
export async function collectArms(
  rows: AsyncIterable<FileRow>,
  options: BacktestOptions,
  checkOutput: OutputCheck,
  progress: (line: string) => void,
  signal: AbortSignal,
): Promise<CollectedArms> {
  const arms = { baseline: emptyArm(), candidate: emptyArm() };
  let total = 0;
  for await (const row of rows) {
    signal.throwIfAborted();
    const arm = arms[armOf(row, options, total)];
    arm.rows++;
    if (options.outcomeColumn !== null) arm.outcomes.push(scoreOf(row, options.outcomeColumn));
    if (options.outputColumn !== null) arm.outputs.push(row.output === null ? null : checkOutput(row.output));
    if (options.latencyColumn !== null && row.latency !== null)
      arm.latencies.push(latencyOf(row, options.latencyColumn));
    total++;
    if (total % PROGRESS_ROWS === 0) progress(`${total.toLocaleString('en-US')} rows read`);
  }
  requireRows(arms, options);
  return collected(arms.baseline, arms.candidate, options);
}

function emptyArm(): Arm {
  return { outcomes: [], outputs: [], latencies: [], rows: 0 };
}

/** By file if there are two, else by version; one version with itself is split row by row. */
function armOf(row: FileRow, options: BacktestOptions, index: number): 'baseline' | 'candidate' {
  const { files, baseline, candidate } = options;
  if (files.length === 2 && row.fileIndex === 1) return 'candidate';
  if (files.length === 2) return 'baseline';
  if (baseline === candidate) return index % 2 === 0 ? 'baseline' : 'candidate';
  return row.version === baseline ? 'baseline' : 'candidate';
}

/** `true`, `1`, `yes` → 1; `false`, `0`, `no` → 0; a number in between as it is. */
function scoreOf(row: FileRow, column: string): UnitScore {
  if (row.outcome === null) return null;
  const text = row.outcome.trim().toLowerCase();
  if (text === '') return null;
  if (['true', 'yes', 'success', 'pass'].includes(text)) return 1;
  if (['false', 'no', 'failure', 'fail'].includes(text)) return 0;
  const score = Number(text);
  if (score >= 0 && score <= 1) return score;
  throw badValue(row, column, row.outcome, 'true, false or a number from 0 to 1');
}

function latencyOf(row: FileRow, column: string): number {
  const latency = Number(row.latency);
  if (Number.isFinite(latency) && latency >= 0) return latency;
  throw badValue(row, column, row.latency, 'a number of 0 or more');
}

function badValue(row: FileRow, column: string, value: string | null, wanted: string): BacktestUsageError {
  const shown = JSON.stringify(value?.slice(0, 80));
  return new BacktestUsageError(
    `${row.file}, row ${row.row}, column ${JSON.stringify(column)}: ${shown} is not ${wanted}`,
  );
}

function requireRows(arms: { baseline: Arm; candidate: Arm }, options: BacktestOptions): void {
  for (const name of ['baseline', 'candidate'] as const) {
    if (arms[name].rows > 0 || options.versionColumn === null) continue;
    const version = JSON.stringify(options[name]);
    throw new BacktestUsageError(
      `no row has ${version} in column ${JSON.stringify(options.versionColumn)} (--${name})`,
    );
  }
}

function collected(baseline: Arm, candidate: Arm, options: BacktestOptions): CollectedArms {
  const metrics: MetricUnits[] = [];
  if (options.outcomeColumn !== null) {
    metrics.push({ metric: 'task_success', baseline: baseline.outcomes, candidate: candidate.outcomes });
  }
  if (options.outputColumn !== null) {
    metrics.push({ metric: 'compliance', baseline: baseline.outputs, candidate: candidate.outputs });
  }
  return {
    baselineRows: baseline.rows,
    candidateRows: candidate.rows,
    metrics,
    latency: { baseline: baseline.latencies, candidate: candidate.latencies },
  };
}
