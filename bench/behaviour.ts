import { performance } from 'node:perf_hooks';
import { FEATURES, FINGERPRINT_VERSION, fingerprintOf } from '../detectors/fingerprint/index.js';
import { type Candidate, type Pool, poolOf } from './behaviour/draw.js';
import { type BenchOptions, BenchUsageError, parseOptions, type SourceOptions, USAGE } from './behaviour/options.js';
import { alarmsBy, movesOver, type Run, runsOf } from './behaviour/runs.js';
import { readSource, type SourceRow } from './behaviour/source.js';

const SHOWN_FEATURES = 10;
const SHOWN_CHARACTERS = 160;
const TIMED_CHARACTERS = 2048;
const TIMED_FINGERPRINTS = 4000;

/** Outputs of one side: texts by id, fingerprints by instruction. */
interface Side {
  readonly name: string;
  readonly texts: readonly string[];
  readonly pool: Pool;
}

function main(args: readonly string[]): void {
  const options = parseOptions(args);
  if (options === null) {
    console.log(USAGE);
    return;
  }
  const baseline = readSide(options.baseline, 'baseline', options);
  const candidate = readSide(options.candidate, 'candidate', options);
  const changes = collect('baseline against candidate', runsOf(baseline.pool, candidate.pool, options, 0), options);
  const controls = collect('baseline against itself', runsOf(baseline.pool, baseline.pool, options, 1), options);
  const microseconds = timeFingerprints([...baseline.texts, ...candidate.texts]);
  if (!options.json) show(options, changes, controls, baseline, candidate, microseconds);
  console.log(JSON.stringify(reportOf(options, changes, controls, microseconds)));
}

function readSide(source: SourceOptions, name: string, options: BenchOptions): Side {
  const rows = distinctKeys(readSource(source), source.file, options);
  const outputs: Candidate[] = rows.map(({ key, text }, index) => ({
    id: String(index),
    key,
    fingerprint: fingerprintOf(text),
  }));
  return { name, texts: rows.map(({ text }) => text), pool: poolOf(outputs) };
}

/** Many answers to few instructions: the row stands for the instruction, and the draws say nothing about new ones. */
function distinctKeys(rows: readonly SourceRow[], file: string, { n }: BenchOptions): readonly SourceRow[] {
  const keys = new Set(rows.map(({ key }) => key)).size;
  const wanted = 2 * (n.at(-1) ?? 0);
  if (keys >= wanted || keys === rows.length) return rows;
  console.error(`${file}: ${keys} instructions for ${rows.length} outputs; rows are drawn instead of instructions`);
  return rows.map(({ text }, index) => ({ key: String(index), text }));
}

function collect(title: string, runs: Iterable<Run>, options: BenchOptions): Run[] {
  const done: Run[] = [];
  for (const run of runs) {
    done.push(run);
    const progress = `${title}: ${done.length}/${options.runs}`;
    if (process.stderr.isTTY) process.stderr.write(`\r${progress}${done.length === options.runs ? '\n' : ''}`);
  }
  return done;
}

/** Microseconds for 2 KB of the given texts, once warm. */
function timeFingerprints(texts: readonly string[]): number {
  const joined = texts.join('\n\n');
  const pieces = Array.from({ length: Math.max(1, Math.floor(joined.length / TIMED_CHARACTERS)) }, (_, index) =>
    joined.slice(index * TIMED_CHARACTERS, (index + 1) * TIMED_CHARACTERS),
  );
  const start = performance.now();
  for (let index = 0; index < TIMED_FINGERPRINTS; index++) fingerprintOf(pieces[index % pieces.length] ?? '');
  return (1000 * (performance.now() - start)) / TIMED_FINGERPRINTS;
}

function reportOf(options: BenchOptions, changes: readonly Run[], controls: readonly Run[], microseconds: number) {
  const moves = movesOver(changes).slice(0, SHOWN_FEATURES);
  return {
    n: options.n,
    power: alarmsBy(changes, options.n),
    falseAlarms: alarmsBy(controls, options.n),
    features: moves.map(({ feature }) => feature.name),
    moved: moves.map(({ feature, superiority, interval, baselineMean, candidateMean }) => ({
      feature: feature.name,
      label: feature.label,
      superiority: Number(superiority.toFixed(3)),
      interval: [Number(interval.lower.toFixed(3)), Number(interval.upper.toFixed(3))],
      baselineMean: rounded(baselineMean),
      candidateMean: rounded(candidateMean),
    })),
    firedAt: changes.map(({ firedAt }) => firedAt),
    runs: options.runs,
    alpha: options.alpha,
    fingerprint: {
      version: FINGERPRINT_VERSION,
      features: FEATURES.length,
      microsecondsPer2KiB: Math.round(microseconds),
    },
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

function show(
  options: BenchOptions,
  changes: readonly Run[],
  controls: readonly Run[],
  baseline: Side,
  candidate: Side,
  microseconds: number,
): void {
  const percent = (share: number | null) => (share === null ? 'too few outputs' : `${(100 * share).toFixed(0)} %`);
  const power = alarmsBy(changes, options.n);
  const falseAlarms = alarmsBy(controls, options.n);
  console.log(
    `outputs a side   change found   false alarms   (${options.runs} runs, alpha ${options.alpha}, any look)`,
  );
  options.n.forEach((size, index) => {
    const cells = [String(size), percent(power[index] ?? null), percent(falseAlarms[index] ?? null)];
    console.log(cells.map((cell) => cell.padEnd(16)).join(' '));
  });
  console.log('\nmoved most   chance that a candidate has more [95 % at any look], means of both sides');
  for (const { feature, superiority, interval, baselineMean, candidateMean } of movesOver(changes).slice(
    0,
    SHOWN_FEATURES,
  )) {
    const range = `${superiority.toFixed(2)} [${interval.lower.toFixed(2)}, ${interval.upper.toFixed(2)}]`;
    console.log(
      `  ${range}  ${rounded(baselineMean)} → ${rounded(candidateMean)}  ${feature.label} (${feature.scale})`,
    );
  }
  showExamples(changes, baseline, candidate);
  console.log(`\n${FEATURES.length} features, ${microseconds.toFixed(0)} µs for 2 KiB of text`);
}

function showExamples(changes: readonly Run[], baseline: Side, candidate: Side): void {
  for (const side of [baseline, candidate]) {
    console.log(`\ncharacteristic of the ${side.name}:`);
    const ids = side === baseline ? changes[0]?.examples.baseline : changes[0]?.examples.candidate;
    for (const id of ids ?? []) {
      const text = JSON.stringify(side.texts[Number(id)] ?? '');
      console.log(`  ${text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text}`);
    }
  }
}

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof BenchUsageError)) throw error;
  console.error(`bench:behaviour: ${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
