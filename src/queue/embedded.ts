import { rm } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { createPostgresBackend, runMigrations, withBackend } from 'bullmq';
import { errorMessage } from '../model/index.js';
import { BullJobs } from './bull-jobs.js';
import { type JobData, type Jobs, type JobsOptions, LANES } from './jobs.js';
import { PglitePool } from './pglite-pool.js';

/** Jobs in this process, on an embedded PostgreSQL in `directory`. */
export async function openEmbeddedJobs(directory: string, options: JobsOptions): Promise<Jobs> {
  const database = await openPglite(directory, options.log);
  await database.exec('CREATE SCHEMA IF NOT EXISTS bullmq; SET search_path TO bullmq, public');
  const pool = new PglitePool(database);
  await runMigrations(await pool.connect(), 'bullmq');
  const { Queue: PgQueue, Worker: PgWorker } = withBackend(createPostgresBackend);
  const jobs = new BullJobs(
    {
      createQueue: (lane) => new PgQueue<JobData>(lane, { connection: pool }),
      createWorker: (lane, handler) =>
        new PgWorker<JobData>(lane, (job) => handler(job.data), { connection: pool, ...LANES[lane] }),
      isAway: () => false,
      release: () => database.close(),
    },
    options,
  );
  // Nobody else uses this queue: leftovers of an earlier run are stale, the reconciler adds what is still to be done.
  await jobs.clear();
  return jobs;
}

/** The queue is rebuilt from the tables, so a directory that cannot be opened is replaced, not mourned. */
async function openPglite(directory: string, log: (message: string) => void): Promise<PGlite> {
  try {
    return await PGlite.create(directory);
  } catch (error) {
    log(`queue: ${directory} cannot be opened (${errorMessage(error)}); starting with an empty queue`);
    await rm(directory, { recursive: true, force: true });
    return PGlite.create(directory);
  }
}
