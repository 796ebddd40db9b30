import { parseArgs } from 'node:util';
import { timeClosing } from './detect/closing.js';
import { timeEvaluations } from './detect/evaluation.js';
import { type HostMemory, measureMemory } from './detect/memory.js';
import { openWorld } from './detect/world.js';

const SPANS: readonly number[] = [1e5, 1e6, 1e7];
const SPANS_PER_BUCKET = 1000;
const CLOSED_GENERATIONS = 50_000;
const TARGETS = 500;

/** Promised by the project: evaluation does not grow with history, and a look is over soon. */
const MAX_RATIO = 1.2;
const MAX_EVALUATION_MS = 50;

interface Report {
  readonly spans: readonly number[];
  readonly buckets: readonly number[];
  readonly evaluationMs: readonly number[];
  readonly evaluationCpuMs: readonly number[];
  readonly replayMs: readonly number[];
  readonly restartMs: readonly number[];
  /** Evaluation with the most spans to that with the fewest. */
  readonly ratio: number;
  readonly closeBucketMs: number;
  readonly closeBucketWithSessionsMs: number;
  readonly closeBucketGenerations: number;
  readonly memory: HostMemory;
  readonly note: string;
}

/**
 * `npm run bench:detect [-- --json]`: what one more bucket costs when much or little lies behind it. Fails when it costs more than
 * is promised.
 */
async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false }, targets: { type: 'string', default: String(TARGETS) } },
  });
  const { database, close } = await openWorld();
  try {
    const report = await measure(database, Number(values.targets));
    console.log(values.json ? JSON.stringify(report) : textOf(report));
    return report.ratio <= MAX_RATIO && report.evaluationMs.every((ms) => ms < MAX_EVALUATION_MS) ? 0 : 1;
  } finally {
    await close();
  }
}

async function measure(database: Parameters<typeof timeEvaluations>[0], targets: number): Promise<Report> {
  console.error(`evaluating with ${SPANS.map((spans) => spans.toExponential(0)).join(', ')} spans behind it`);
  const times = await timeEvaluations(database, SPANS, SPANS_PER_BUCKET);
  console.error(`closing a bucket of ${CLOSED_GENERATIONS} generations`);
  const closing = await timeClosing(database, CLOSED_GENERATIONS);
  console.error(`holding ${targets} targets`);
  const memory = await measureMemory(database, targets);
  const evaluationMs = times.map((time) => time.evaluationMs);
  return {
    spans: SPANS,
    buckets: times.map(({ buckets }) => buckets),
    evaluationMs,
    evaluationCpuMs: times.map(({ evaluationCpuMs }) => evaluationCpuMs),
    replayMs: times.map(({ replayMs }) => replayMs),
    restartMs: times.map(({ restartMs }) => restartMs),
    ratio: (evaluationMs.at(-1) ?? 0) / (evaluationMs[0] ?? 1),
    closeBucketMs: closing.ms,
    closeBucketWithSessionsMs: closing.withSessionsMs,
    closeBucketGenerations: CLOSED_GENERATIONS,
    memory,
    note:
      `The spans are not written: the cells are those that the closer would write for ${SPANS_PER_BUCKET} spans a bucket, ` +
      'three strata and two vectors, every metric, for calls and for sessions. The closed bucket is of real generations, a tenth with outcomes.',
  };
}

function textOf(report: Report): string {
  const lines = report.spans.map(
    (spans, index) =>
      `${spans.toExponential(0)} spans (${report.buckets[index]} buckets): evaluation ${ms(report.evaluationMs[index])}, ` +
      `straight replay ${ms(report.replayMs[index])}, first look after a restart ${ms(report.restartMs[index])}`,
  );
  const { memory } = report;
  return [
    ...lines,
    `ratio ${report.ratio.toFixed(2)}`,
    `closing a bucket of ${report.closeBucketGenerations} generations: ${ms(report.closeBucketMs)}, with sessions ${ms(report.closeBucketWithSessionsMs)}`,
    `${memory.targets} targets × ${memory.vectorsPerTarget} vectors: ${memory.ledgersMb.toFixed(0)} MB (${memory.kbPerTarget.toFixed(0)} kB each)`,
    report.note,
  ].join('\n');
}

function ms(value: number | undefined): string {
  return `${(value ?? 0).toFixed(1)} ms`;
}

process.exitCode = await main(process.argv.slice(2));
