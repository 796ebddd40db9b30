/** `evaluation` runs one job at a time; deliveries wait for other people's servers and run side by side. */
export const LANES = { evaluation: { concurrency: 1 }, delivery: { concurrency: 8 } } as const;
export type Lane = keyof typeof LANES;

/** A job carries pointers, never state: what is to be done stands in the tables. */
export type JobData = Readonly<Record<string, string>>;
export type JobHandler = (data: JobData) => Promise<void>;

/** What runs later or elsewhere. A hint, never the truth: losing all of it loses nothing but time. */
export interface Jobs {
  /**
   * Adds a job, or does nothing when one with this id is still waiting, or while the queue is away.
   * @param delayMs not before this many milliseconds from now
   */
  add(lane: Lane, id: string, data: JobData, delayMs?: number): Promise<void>;
  /** Runs a job again and again, also after the queue has lost everything; the same id replaces its interval. */
  every(lane: Lane, id: string, intervalMs: number): Promise<void>;
  /** Starts working on a lane. A handler that throws is reported and its job forgotten. */
  work(lane: Lane, handler: JobHandler): void;
  /** Waits for running jobs and closes. */
  close(): Promise<void>;
}

export interface JobsOptions {
  readonly log: (message: string) => void;
}
