import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { errorMessage, LeewayError } from '../model/index.js';
import { BullJobs } from './bull-jobs.js';
import { type JobData, type Jobs, type JobsOptions, LANES } from './jobs.js';

/**
 * Jobs on Redis, shared by any number of processes. Redis may go away and come back empty at any time: meanwhile nothing is
 * added (the reconciler works without the queue), afterwards what recurs is put up again.
 * @throws LeewayError LEEWAY_QUEUE_UNAVAILABLE when Redis does not answer now; LEEWAY_CONFIG_INVALID when it may evict
 *   keys: locks and jobs would vanish silently
 */
export async function openRedisJobs(url: string, options: JobsOptions): Promise<Jobs> {
  const connection = new Redis(url, { maxRetriesPerRequest: null, keepAlive: 10_000, lazyConnect: true });
  try {
    await connect(connection);
  } catch (error) {
    connection.disconnect();
    throw error;
  }
  const jobs = new BullJobs(
    {
      createQueue: (lane) => new Queue<JobData>(lane, { connection }),
      createWorker: (lane, handler) =>
        new Worker<JobData>(lane, (job) => handler(job.data), { connection, ...LANES[lane] }),
      isAway: () => connection.status !== 'ready',
      isOutage,
      release: async () => connection.disconnect(),
    },
    options,
  );
  reportOutages(connection, jobs, options);
  return jobs;
}

async function connect(connection: Redis): Promise<void> {
  // The rejection tells; without a listener the library prints as well.
  connection.on('error', () => {});
  try {
    await connection.connect();
  } catch (error) {
    const { host, port } = connection.options;
    throw new LeewayError('LEEWAY_QUEUE_UNAVAILABLE', `QUEUE_URL: Redis at ${host}:${port}: ${errorMessage(error)}`, {
      cause: error,
    });
  }
  // Managed Redis may not let its configuration be read; then it is the operator's to know.
  const [, policy] = (await connection.config('GET', 'maxmemory-policy').catch(() => [])) as string[];
  if (policy !== undefined && policy !== 'noeviction')
    throw new LeewayError(
      'LEEWAY_CONFIG_INVALID',
      `QUEUE_URL: Redis runs with maxmemory-policy ${policy} and may drop jobs and locks. Set it to noeviction.`,
    );
}

/** A socket's error comes before its 'close', while the connection still counts as ready. */
const CONNECTION_ERRORS = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);

function isOutage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && CONNECTION_ERRORS.has(String(error.code));
}

/** An outage is two lines, however often the connection is tried meanwhile. */
function reportOutages(connection: Redis, jobs: BullJobs, { log }: JobsOptions): void {
  let isReported = false;
  connection.on('close', () => {
    if (!isReported && !jobs.isClosing) log('queue: Redis is away; what is due is found and done without it');
    isReported = true;
  });
  connection.on('ready', () => {
    if (isReported) log('queue: Redis is back');
    isReported = false;
    void jobs.resume();
  });
}
