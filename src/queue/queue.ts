import { rm } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { createPostgresBackend, Queue, runMigrations, Worker, withBackend } from 'bullmq';
import { Redis } from 'ioredis';
import { errorMessage, LeewayError } from '../model/index.js';
import { PglitePool } from './pglite-pool.js';

/** `evaluation` runs one job at a time; deliveries wait for other people's servers and run side by side. */
export const LANES = { evaluation: { concurrency: 1 }, delivery: { concurrency: 8 } } as const;
export type Lane = keyof typeof LANES;

/** A job carries pointers, never state: what is to be done stands in the tables. */
export type JobData = Readonly<Record<string, string>>;
export type JobHandler = (data: JobData) => Promise<void>;

/** Jobs finished either way are forgotten at once, so that the same id may be added again by the reconciler. */
const JOB_OPTIONS = { removeOnComplete: true, removeOnFail: true, attempts: 1, stackTraceLimit: 1 } as const;

/** What runs later or elsewhere. A hint, never the truth: losing all of it loses nothing but time. */
export interface Jobs {
  /**
   * Adds a job, or does nothing when one with this id is still waiting.
   * @param delayMs not before this many milliseconds from now
   */
  add(lane: Lane, id: string, data: JobData, delayMs?: number): Promise<void>;
  /** Runs a job again and again; the same id replaces its interval. */
  every(lane: Lane, id: string, intervalMs: number): Promise<void>;
  /** Starts working on a lane. A handler that throws is reported and its job forgotten. */
  work(lane: Lane, handler: JobHandler): void;
  /** Waits for running jobs and closes. */
  close(): Promise<void>;
}

export interface JobsOptions {
  readonly log: (message: string) => void;
}

/** Jobs in this process, on an embedded PostgreSQL in `directory`. */
export async function openEmbeddedJobs(directory: string, options: JobsOptions): Promise<Jobs> {
  const database = await openPglite(directory, options.log);
  await database.exec('CREATE SCHEMA IF NOT EXISTS bullmq; SET search_path TO bullmq, public');
  const pool = new PglitePool(database);
  await runMigrations(await pool.connect(), 'bullmq');
  const { Queue: PgQueue, Worker: PgWorker } = withBackend(createPostgresBackend);
  const jobs = new BullJobs(
    (lane) => new PgQueue<JobData>(lane, { connection: pool }),
    (lane, handler) => new PgWorker<JobData>(lane, (job) => handler(job.data), { connection: pool, ...LANES[lane] }),
    () => database.close(),
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

/**
 * Jobs on Redis, shared by any number of processes.
 * @throws LeewayError LEEWAY_CONFIG_INVALID when Redis may evict keys: locks and jobs would vanish silently
 */
export async function openRedisJobs(url: string, options: JobsOptions): Promise<Jobs> {
  const connection = new Redis(url, { maxRetriesPerRequest: null, keepAlive: 10_000, lazyConnect: true });
  connection.on('error', (error) => options.log(`queue: redis: ${errorMessage(error)}`));
  await connection.connect();
  const [, policy] = (await connection.config('GET', 'maxmemory-policy').catch(() => [])) as string[];
  if (policy !== undefined && policy !== 'noeviction') {
    connection.disconnect();
    throw new LeewayError(
      'LEEWAY_CONFIG_INVALID',
      `QUEUE_URL: Redis runs with maxmemory-policy ${policy} and may drop jobs and locks. Set it to noeviction.`,
    );
  }
  return new BullJobs(
    (lane) => new Queue<JobData>(lane, { connection }),
    (lane, handler) => new Worker<JobData>(lane, (job) => handler(job.data), { connection, ...LANES[lane] }),
    async () => {
      connection.disconnect();
    },
    options,
  );
}

/** What is used of BullMQ's queue and worker; their own types differ by backend. */
interface AnyQueue {
  add(name: string, data: JobData, options: JobsOptionsOfBull): Promise<unknown>;
  upsertJobScheduler(
    id: string,
    repeat: { every: number },
    template: { name: string; data: JobData; opts: typeof JOB_OPTIONS },
  ): Promise<unknown>;
  obliterate(options: { force: boolean }): Promise<void>;
  close(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}
type AnyWorker = Pick<AnyQueue, 'close' | 'on'>;
type JobsOptionsOfBull = typeof JOB_OPTIONS & { jobId: string; delay: number };

class BullJobs implements Jobs {
  readonly #queues: Readonly<Record<Lane, AnyQueue>>;
  readonly #createWorker: (lane: Lane, handler: JobHandler) => AnyWorker;
  readonly #release: () => Promise<void>;
  readonly #workers: AnyWorker[] = [];
  readonly #log: (message: string) => void;

  constructor(
    createQueue: (lane: Lane) => AnyQueue,
    createWorker: (lane: Lane, handler: JobHandler) => AnyWorker,
    release: () => Promise<void>,
    { log }: JobsOptions,
  ) {
    this.#queues = { evaluation: createQueue('evaluation'), delivery: createQueue('delivery') };
    this.#createWorker = createWorker;
    this.#release = release;
    this.#log = log;
    for (const queue of Object.values(this.#queues)) queue.on('error', (error) => log(`queue: ${errorMessage(error)}`));
  }

  async add(lane: Lane, id: string, data: JobData, delayMs = 0): Promise<void> {
    await this.#queues[lane].add(lane, data, { ...JOB_OPTIONS, jobId: id, delay: Math.max(0, Math.round(delayMs)) });
  }

  async every(lane: Lane, id: string, intervalMs: number): Promise<void> {
    await this.#queues[lane].upsertJobScheduler(id, { every: intervalMs }, { name: lane, data: {}, opts: JOB_OPTIONS });
  }

  work(lane: Lane, handler: JobHandler): void {
    const worker = this.#createWorker(lane, async (data) => {
      try {
        await handler(data);
      } catch (error) {
        this.#log(`queue: ${lane} job failed: ${errorMessage(error)}`);
      }
    });
    worker.on('error', (error) => this.#log(`queue: ${lane} worker: ${errorMessage(error)}`));
    this.#workers.push(worker);
  }

  async clear(): Promise<void> {
    for (const queue of Object.values(this.#queues)) await queue.obliterate({ force: true });
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
    await Promise.all(Object.values(this.#queues).map((queue) => queue.close()));
    await this.#release();
  }
}
