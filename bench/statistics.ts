import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CommandOptions, readOptions, USAGE } from './statistics/options.js';
import { plotsOf } from './statistics/plots.js';
import { runStatistics } from './statistics/run.js';
import { tablesOf } from './statistics/tables.js';

const THROUGHPUT_MS = 300;

/**
 * `npm run bench:stats`: what the statistics promise, measured. Fails when a method that guarantees its error rate
 * exceeds it beyond Monte-Carlo error.
 */
function main(args: readonly string[]): number {
  let options: CommandOptions;
  try {
    options = readOptions(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 2;
  }
  const started = performance.now();
  const report = runStatistics({
    ...options,
    throughputMs: THROUGHPUT_MS,
    onProgress: (title) =>
      console.error(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${title}`),
  });
  if (options.plots !== null) writePlots(options.plots, plotsOf(report, options.seed));
  console.log(options.json ? JSON.stringify(report) : tablesOf(report));
  return report.falseAlarms.every(({ ok }) => ok !== false) ? 0 : 1;
}

function writePlots(directory: string, plots: ReadonlyMap<string, string>): void {
  mkdirSync(directory, { recursive: true });
  for (const [name, svg] of plots) writeFileSync(join(directory, name), svg);
}

process.exitCode = main(process.argv.slice(2));
