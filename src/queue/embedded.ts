import { rm } from 'node:fs/promises';
import type { PGlite } from '@electric-sql/pglite';
import { createPostgresBackend, withBackend } from 'bullmq';
import { errorMessage } from '../model/index.js';
import { BullJobs } from './bull-jobs.js';
import { type JobData, type Jobs, type JobsOptions, LANES } from './jobs.js';
import type { PglitePool } from './pglite-pool.js';
import { migrateQueue, openQueueDatabase } from './template.js';

/** Jobs in this process, on an embedded PostgreSQL in `directory`. */
export async function openEmbeddedJobs(directory: string, options: JobsOptions): Promise<Jobs> {
  const { database, pool } = await openOrReplace(directory, options.log);
  const { Queue: PgQueue, Worker: PgWorker } = withBackend(createPostgresBackend);
  const jobs = new BullJobs(
    {
      createQueue: (lane) => new PgQueue<JobData>(lane, { connection: pool }),
      createWorker: (lane, handler) =>
        new PgWorker<JobData>(lane, (job) => handler(job.data), { connection: pool, ...LANES[lane] }),
      isAway: () => false,
      isOutage: () => false,
      release: () => database.close(),
    },
    options,
  );
  // Nobody else uses this queue: leftovers of an earlier run are stale, the reconciler adds what is still to be done.
  await jobs.clear();
  return jobs;
}

interface QueueDatabase {
  readonly database: PGlite;
  readonly pool: PglitePool;
}

/** The queue is rebuilt from the tables, so a directory that cannot be used is replaced, not mourned. */
async function openOrReplace(directory: string, log: (message: string) => void): Promise<QueueDatabase> {
  try {
    return await open(directory);
  } catch (error) {
    log(`queue: ${directory} cannot be opened (${errorMessage(error)}); starting with an empty queue`);
    await rm(directory, { recursive: true, force: true });
    return open(directory);
  }
}

async function open(directory: string): Promise<QueueDatabase> {
  const database = await openQueueDatabase(directory);
  return { database, pool: await migrateQueue(database) };
}
