import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { JobOrder } from './job.js';
import { addReports, type FuzzReport } from './report.js';

const JOB = fileURLToPath(new URL('./job.js', import.meta.url));
/** An input that needs more than this has no bounds. */
const MAX_HEAP_MIB = 1024;

export interface JobsOptions extends Omit<JobOrder, 'step'> {
  readonly jobs: number;
}

/**
 * Fuzzes in as many processes as there are jobs; `maxInputs` is for all of them together.
 * @throws Error when one ends without a report: it crashed, or its watchdog ended it and said at which input
 */
export async function fuzzInJobs({ jobs, maxInputs, first, ...order }: JobsOptions): Promise<FuzzReport> {
  const reports = Array.from({ length: jobs }, (_, job) =>
    reportOf({ ...order, maxInputs: Math.ceil(maxInputs / jobs), first: first + job, step: jobs }),
  );
  return addReports(await Promise.all(reports));
}

function reportOf(order: JobOrder): Promise<FuzzReport> {
  return new Promise((resolve, reject) => {
    const execArgv = [`--max-old-space-size=${MAX_HEAP_MIB}`];
    const job = fork(JOB, { execArgv, serialization: 'advanced' });
    job.once('message', (report) => resolve(report as FuzzReport));
    job.once('exit', (code, signal) =>
      reject(new Error(`a job of seed ${order.seed} ended without a report (${signal ?? `exit code ${code}`})`)),
    );
    job.send(order);
  });
}
