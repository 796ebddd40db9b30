import { isRefusal } from '../../../detectors/index.js';
import { BehaviourSample, type SampledOutput } from './behaviour-sample.js';
import { type BacktestOptions, BacktestUsageError } from './options.js';
import { ARMS, type ArmName, Pairing } from './pairing.js';
import type { FileRow, RowSource } from './rows.js';

/** Rows between two lines of progress. */
const PROGRESS_ROWS = 100_000;

/** One row's result for one metric: a score in [0, 1], or `null` when the row is not counted. */
export type UnitScore = number | null;

/** Judges the text of one structured output: does it count, and did it comply? */
export type OutputCheck = (text: string) => UnitScore;

/** What the rows of one version say, in file order; one entry a row, where the column was asked for. */
export interface CollectedArm {
  readonly rows: number;
  readonly outcomes: readonly UnitScore[];
  readonly compliances: readonly UnitScore[];
  /** 1 for an output that declines to answer. */
  readonly refusals: readonly UnitScore[];
  /** Characters of each output. */
  readonly lengths: readonly (number | null)[];
  /** Outputs the behaviour test looks at; `null` for the others. */
  readonly sampled: readonly (SampledOutput | null)[];
  /** As given, without a unit. */
  readonly latencies: readonly number[];
}

/** Both versions, and how their rows stand side by side. */
export interface CollectedArms extends Readonly<Record<ArmName, CollectedArm>> {
  readonly pairing: Pairing;
}

type Arm = {
  -readonly [Key in keyof CollectedArm]: CollectedArm[Key] extends readonly (infer Value)[]
    ? Value[]
    : CollectedArm[Key];
};

/**
 * Sorts rows into arms and reads their values.
 * @param checkOutput `null` when outputs need not be structured
 * @throws BacktestUsageError naming file, row and column of a value that cannot be read, or the version without a row
 */
export async function collectArms(
  source: RowSource,
  options: BacktestOptions,
  checkOutput: OutputCheck | null,
  progress: (line: string) => void,
  signal: AbortSignal,
): Promise<CollectedArms> {
  const sizes = armSizes(source, options);
  const pairing = new Pairing(sizes);
  const sample = new BehaviourSample(pairing, sizes);
  const arms = { baseline: emptyArm(), candidate: emptyArm() };
  let total = 0;
  for await (const row of source.rows()) {
    signal.throwIfAborted();
    const name = armOf(row, options, total);
    const arm = arms[name];
    if (options.outputColumn !== null) arm.sampled.push(sample.take(name, arm.rows, row));
    readRow(arm, row, options, checkOutput);
    total++;
    if (total % PROGRESS_ROWS === 0) progress(`${total.toLocaleString('en-US')} rows read`);
  }
  return { ...arms, pairing };
}

function emptyArm(): Arm {
  return { rows: 0, outcomes: [], compliances: [], refusals: [], lengths: [], sampled: [], latencies: [] };
}

function readRow(arm: Arm, row: FileRow, options: BacktestOptions, checkOutput: OutputCheck | null): void {
  const { output } = row;
  arm.rows++;
  if (options.outcomeColumn !== null) arm.outcomes.push(scoreOf(row, options.outcomeColumn));
  if (checkOutput !== null) arm.compliances.push(output === null ? null : checkOutput(output));
  if (options.outputColumn !== null) {
    arm.refusals.push(output === null ? null : Number(isRefusal(output)));
    arm.lengths.push(output === null ? null : output.length);
  }
  if (options.latencyColumn !== null && row.latency !== null) arm.latencies.push(latencyOf(row, options.latencyColumn));
}

/** Rows of each arm, known before any is read, because it decides which rows stand side by side. */
function armSizes({ counts }: RowSource, options: BacktestOptions): Record<ArmName, number> {
  const sizes = { baseline: 0, candidate: 0 };
  if (isSplitInHalves(options)) {
    const total = counts.reduce((sum, { rows }) => sum + rows, 0);
    sizes.baseline = Math.ceil(total / 2);
    sizes.candidate = Math.floor(total / 2);
  } else for (const count of counts) sizes[armOf(count, options, 0)] += count.rows;
  for (const name of ARMS) {
    if (sizes[name] > 0 || options.versionColumn === null) continue;
    const version = JSON.stringify(options[name]);
    throw new BacktestUsageError(
      `no row has ${version} in column ${JSON.stringify(options.versionColumn)} (--${name})`,
    );
  }
  return sizes;
}

function isSplitInHalves({ files, baseline, candidate }: BacktestOptions): boolean {
  return files.length === 1 && baseline === candidate;
}

/** By file if there are two, else by version; one version with itself is split row by row. */
function armOf(row: Pick<FileRow, 'fileIndex' | 'version'>, options: BacktestOptions, index: number): ArmName {
  if (options.files.length === 2) return row.fileIndex === 1 ? 'candidate' : 'baseline';
  if (isSplitInHalves(options)) return index % 2 === 0 ? 'baseline' : 'candidate';
  return row.version === options.baseline ? 'baseline' : 'candidate';
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
