import { Worker } from 'node:worker_threads';
import { type BehaviourBlock, StandingTest } from '../../../detectors/index.js';
import { type BehaviourStanding, errorMessage } from '../../model/index.js';

/** Blocks for the test of one rollout. */
export interface BehaviourWork {
  readonly rolloutId: string;
  /** Chance of a false alarm over the whole life of the test; fixed when it starts. */
  readonly alpha: number;
  /** In order; empty to ask how it stands. */
  readonly blocks: readonly BehaviourBlock[];
}

/**
 * Keeps the behaviour tests of rollouts. They are a function of their blocks: whoever loses one (a worker that died) adds
 * the blocks again from the first.
 */
export interface BehaviourRunner {
  add(work: BehaviourWork): Promise<BehaviourStanding>;
  /** A rollout that has ended. */
  forget(rolloutId: string): void;
  close(): Promise<void>;
}

/** Runs the tests in this thread: for tools and tests. A look at a large sample takes half a second. */
export class InlineBehaviourRunner implements BehaviourRunner {
  readonly #tests = new Map<string, StandingTest>();

  async add({ rolloutId, alpha, blocks }: BehaviourWork): Promise<BehaviourStanding> {
    const test = this.#tests.get(rolloutId) ?? new StandingTest(alpha);
    this.#tests.set(rolloutId, test);
    for (const block of blocks) test.add(block);
    return test.standing();
  }

  forget(rolloutId: string): void {
    this.#tests.delete(rolloutId);
  }

  async close(): Promise<void> {
    this.#tests.clear();
  }
}

/** What the thread is asked, and answers. */
export type ThreadRequest =
  | { readonly kind: 'add'; readonly id: number; readonly work: BehaviourWork }
  | { readonly kind: 'forget'; readonly rolloutId: string };
export type ThreadAnswer =
  | { readonly id: number; readonly standing: BehaviourStanding }
  | { readonly id: number; readonly problem: string };

interface Pending {
  resolve(standing: BehaviourStanding): void;
  reject(error: Error): void;
}

/** Runs the tests in a thread of their own, so that a look does not hold up ingest and pages. */
export class ThreadBehaviourRunner implements BehaviourRunner {
  readonly #file: string;
  readonly #onLost: () => void;
  #worker: Worker | null = null;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  /**
   * @param file compiled module of the thread
   * @param onLost the thread died, and with it all tests
   */
  constructor(file: string, onLost: () => void) {
    this.#file = file;
    this.#onLost = onLost;
  }

  add(work: BehaviourWork): Promise<BehaviourStanding> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#post({ kind: 'add', id, work });
    });
  }

  forget(rolloutId: string): void {
    if (this.#worker) this.#post({ kind: 'forget', rolloutId });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    this.#fail(new Error('the behaviour thread was stopped'));
    await worker?.terminate();
  }

  #post(request: ThreadRequest): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(request);
  }

  #start(): Worker {
    const worker = new Worker(this.#file);
    worker.unref();
    worker.on('message', (answer: ThreadAnswer) => {
      const pending = this.#pending.get(answer.id);
      this.#pending.delete(answer.id);
      if ('standing' in answer) pending?.resolve(answer.standing);
      else pending?.reject(new Error(answer.problem));
    });
    const lost = (reason: string) => {
      if (this.#worker !== worker) return;
      this.#worker = null;
      this.#onLost();
      this.#fail(new Error(`the behaviour thread ended: ${reason}`));
    };
    worker.once('error', (error) => lost(errorMessage(error)));
    worker.once('exit', (code) => lost(`exit code ${code}`));
    return worker;
  }

  #fail(error: Error): void {
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
