import { errorMessage } from '../model/index.js';
import type { JobData, JobHandler, Jobs, JobsOptions, Lane } from './jobs.js';

/** Jobs finished either way are forgotten at once, so that the same id may be added again by the reconciler. */
const JOB_OPTIONS = { removeOnComplete: true, removeOnFail: true, attempts: 1, stackTraceLimit: 1 } as const;

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
interface AnyWorker {
  close(force: boolean): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}
type JobsOptionsOfBull = typeof JOB_OPTIONS & { jobId: string; delay: number };

/** Where jobs are kept. */
export interface JobsBackend {
  createQueue(lane: Lane): AnyQueue;
  createWorker(lane: Lane, handler: JobHandler): AnyWorker;
  /** Whether it cannot be reached now. */
  isAway(): boolean;
  /** Whether this error says that its connection broke: that is the backend's to tell, once for all who share it. */
  isOutage(error: unknown): boolean;
  release(): Promise<void>;
}

/** Jobs on BullMQ. */
export class BullJobs implements Jobs {
  readonly #backend: JobsBackend;
  readonly #queues: Readonly<Record<Lane, AnyQueue>>;
  readonly #workers: AnyWorker[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #recurring = new Map<string, { readonly lane: Lane; readonly intervalMs: number }>();
  readonly #log: (message: string) => void;
  /** The library passes some errors on twice. */
  readonly #reported = new WeakSet<Error>();
  #isClosing = false;

  constructor(backend: JobsBackend, { log }: JobsOptions) {
    this.#backend = backend;
    this.#queues = { evaluation: backend.createQueue('evaluation'), delivery: backend.createQueue('delivery') };
    this.#log = log;
    for (const queue of Object.values(this.#queues)) queue.on('error', (error) => this.#report('queue', error));
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  async add(lane: Lane, id: string, data: JobData, delayMs = 0): Promise<void> {
    if (this.#backend.isAway()) return;
    await this.#queues[lane].add(lane, data, { ...JOB_OPTIONS, jobId: id, delay: Math.max(0, Math.round(delayMs)) });
  }

  async every(lane: Lane, id: string, intervalMs: number): Promise<void> {
    this.#recurring.set(id, { lane, intervalMs });
    if (!this.#backend.isAway()) await this.#schedule(id, lane, intervalMs);
  }

  /** After the backend was away: it may have lost what recurs. */
  async resume(): Promise<void> {
    for (const [id, { lane, intervalMs }] of this.#recurring)
      await this.#schedule(id, lane, intervalMs).catch((error: unknown) => this.#report(`queue: ${id}`, error));
  }

  work(lane: Lane, handler: JobHandler): void {
    const worker = this.#backend.createWorker(lane, (data) => {
      const running = this.#run(lane, handler, data).finally(() => this.#running.delete(running));
      this.#running.add(running);
      return running;
    });
    worker.on('error', (error) => this.#report(`queue: ${lane} worker`, error));
    this.#workers.push(worker);
  }

  async clear(): Promise<void> {
    for (const queue of Object.values(this.#queues)) await queue.obliterate({ force: true });
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    // A backend that is away cannot be told goodbye: its last words would wait until it is back.
    const isAway = this.#backend.isAway();
    if (isAway) await this.#backend.release();
    await Promise.all(this.#workers.map((worker) => worker.close(isAway)));
    await Promise.all(this.#running);
    await Promise.all(Object.values(this.#queues).map((queue) => queue.close()));
    if (!isAway) await this.#backend.release();
  }

  async #run(lane: Lane, handler: JobHandler, data: JobData): Promise<void> {
    try {
      await handler(data);
    } catch (error) {
      this.#log(`queue: ${lane} job failed: ${errorMessage(error)}`);
    }
  }

  async #schedule(id: string, lane: Lane, every: number): Promise<void> {
    await this.#queues[lane].upsertJobScheduler(id, { every }, { name: lane, data: {}, opts: JOB_OPTIONS });
  }

  /** While the backend is away, everything that needs it fails; that is said once, by whoever notices. */
  #report(what: string, error: unknown): void {
    if (this.#isClosing || this.#backend.isAway() || this.#backend.isOutage(error)) return;
    if (error instanceof Error) {
      if (this.#reported.has(error)) return;
      this.#reported.add(error);
    }
    this.#log(`${what}: ${errorMessage(error)}`);
  }
}
