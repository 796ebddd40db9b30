import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fuzzInJobs } from './fuzz/jobs.js';
import type { FuzzFailure, FuzzReport } from './fuzz/report.js';

const USAGE = `usage: npm run fuzz -- [--seconds N] [--inputs N] [--jobs N] [--seed N] [--only INPUT] [--out DIR] [--json]
  --seconds  how long (default 60)
  --inputs   how many at most (default: as many as fit)
  --jobs     processes (default: one a core)
  --seed     other inputs (default: from the clock, and printed)
  --only     only this input, to look at what it does
  --out      where failing inputs go (default fuzz-failures)
  --json     one line of JSON instead of text`;

/** Numbers of inputs are kept in 32 bits. */
const MAX_INPUTS = 2 ** 31 - 1;

/**
 * `npm run fuzz`: mutated OTLP bodies through the door of the collectors. Fails when one throws, hangs, is written as
 * something other than rows, is read otherwise than the oracle reads it, changes a prototype, or when memory grows.
 */
async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '60' },
      inputs: { type: 'string', default: String(MAX_INPUTS) },
      jobs: { type: 'string', default: String(availableParallelism()) },
      seed: { type: 'string' },
      only: { type: 'string' },
      out: { type: 'string', default: 'fuzz-failures' },
      json: { type: 'boolean', default: false },
    },
  });
  const seconds = Number(values.seconds);
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  const only = values.only === undefined ? null : Number(values.only);
  const [jobs, maxInputs] = only === null ? [Number(values.jobs), Number(values.inputs)] : [1, 1];
  const counts = [seed, only ?? 0, jobs, maxInputs];
  if (
    !counts.every((value) => Number.isInteger(value) && value >= 0 && value <= MAX_INPUTS) ||
    !(seconds >= 0 && jobs > 0)
  ) {
    console.error(USAGE);
    return 2;
  }
  const report = await fuzzInJobs({
    seed,
    milliseconds: seconds * 1000,
    maxInputs,
    jobs,
    first: only ?? 0,
  });
  for (const failure of report.failures) save(values.out, seed, failure);
  const { failures, ...figures } = report;
  console.log(values.json ? JSON.stringify({ ...figures, failures: failures.length }) : textOf(report, values.out));
  return failures.length === 0 && report.isPrototypeIntact && !report.heapBytes.isGrowing ? 0 : 1;
}

function save(directory: string, seed: number, { input, body, encoding, problem, from }: FuzzFailure): void {
  mkdirSync(directory, { recursive: true });
  const name = join(directory, `${seed}-${input}`);
  writeFileSync(`${name}.${encoding === 'json' ? 'json' : 'pb'}`, body);
  writeFileSync(`${name}.txt`, `npm run fuzz -- --seed ${seed} --only ${input}\nfrom ${from}\n${problem}\n`);
}

function textOf(report: FuzzReport, directory: string): string {
  const mebibytes = (bytes: number) => `${(bytes / 1024 ** 2).toFixed(0)} MiB`;
  const { heapBytes: heap, failures } = report;
  return [
    `seed ${report.seed}, ${report.seeds} recorded bodies in ${report.pieces} pieces`,
    `${report.inputs} inputs, ${report.inputsPerSecond} a second`,
    `${report.receivedInputs} through all of the collectors, ${report.oracleInputs} compared with the oracle`,
    `${report.accepted} accepted, ${report.partlyAccepted} partly, ${report.refused} refused`,
    `worst ${report.worstMs} ms (input ${report.worstInput})`,
    `memory ${mebibytes(heap.first)} → ${mebibytes(heap.last)}${heap.isGrowing ? ': IT GROWS' : ''}`,
    report.isPrototypeIntact ? 'prototypes untouched' : 'A PROTOTYPE WAS CHANGED',
    ...failures.map(({ input, from, problem }) => `FAILED input ${input} (${from}): ${problem.slice(0, 600)}`),
    failures.length === 0 ? 'no failures' : `${failures.length} failures, saved in ${directory}/`,
  ].join('\n');
}

process.exitCode = await main(process.argv.slice(2));
