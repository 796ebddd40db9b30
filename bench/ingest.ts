import { readOptions, USAGE } from './ingest/options.js';
import { runWorkload, type WorkloadReport } from './ingest/run.js';
import { tableOf } from './ingest/table.js';

/** What `b_over_a` must reach for the hot path to be worth its code. */
const LEAST_B_OVER_A = 3;

/**
 * `npm run bench:ingest`: how many spans a second are taken in until they can be read back. A generator in a process of its own has
 * encoded requests of 512 spans before, and sends them over 8 kept-alive connections of HTTP, in turns to
 *
 * (a) the straightforward path to the same rows: protobufjs to objects, Leeway's own reading of them where they are LLM
 *     calls, JSONEachRow inserts into the embedded engine, then 200; and, as a yardstick, the same path for otel_traces only;
 * (b) Leeway as users run it: `leeway serve` with its defaults, durable spool, generations, versions, compliance, fingerprints,
 *     joins, cells and evaluation included.
 *
 * Spans are the other steps of a trace (`steps`: rows of otel_traces only) or LLM calls, every one with an answer of its
 * own; instructions and tools repeat as they do. Each variant starts in a fresh process on a fresh directory each round, is
 * warmed up with 40 requests, and must have stored every span once in the end. As limits, each alone and without a network:
 * (c) the engine loading the same rows of all tables from RowBinary files, (d) bytes to rows of otel_traces. Everything
 * shares one machine; run it on a quiet one.
 */
async function main(args: readonly string[]): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 2;
  }
  const started = performance.now();
  const reports: WorkloadReport[] = [];
  for (const workload of options.workloads) {
    const report = await runWorkload(workload, options.rounds, (line) =>
      console.error(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${line}`),
    );
    reports.push(report);
  }
  const b_over_a = Math.min(...reports.map((report) => report.b_over_a));
  console.log(options.json ? JSON.stringify({ b_over_a, workloads: reports }) : tableOf(reports));
  return b_over_a >= LEAST_B_OVER_A ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
