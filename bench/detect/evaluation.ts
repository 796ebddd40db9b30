import type { EvaluationHost } from '../../src/evaluation/index.js';
import { evaluateTarget } from '../../src/evaluation/target.js';
import { readTargets, TargetMemory } from '../../src/evaluation/target-records.js';
import { BUCKET_SECONDS, type Clock } from '../../src/model/index.js';
import { judgeStanding, replayRollout, rolloutPolicy } from '../../src/rollouts/index.js';
import { unmeasured } from '../../src/rollouts/rollout-fold.js';
import { initialState } from '../../src/rollouts/states.js';
import type { Database } from '../../src/store/index.js';
import { knownVectors, readCells } from '../../src/store/queries/cells.js';
import { recordRollout } from '../../src/store/queries/rollouts.js';
import { HISTORY_START, rolloutOf, type SynthesisedTarget, synthesise, writeBuckets } from './world.js';

/** Buckets that are closed one after the other, each followed by an evaluation; the median counts. */
const LOOKS = 25;

export interface EvaluationTime {
  readonly spans: number;
  readonly buckets: number;
  /** One evaluation of the target after one more bucket: queries, detectors, gate. */
  readonly evaluationMs: number;
  /** Processor time of the same, over all threads: what does not grow when the machine is busy. */
  readonly evaluationCpuMs: number;
  /** The same by reading and replaying all cells, as it was done before there were ledgers. */
  readonly replayMs: number;
  /** The first evaluation after a restart, with nothing in memory. */
  readonly restartMs: number;
}

/** What the closer would have counted is written. */
const nothingToCount = (): Promise<void> => Promise.resolve();

type Parts = ConstructorParameters<typeof EvaluationHost>[0];

/** A host's surroundings with a desk that opens nothing: the traffic is healthy. */
export function partsOf(database: Database, clock: Clock): Parts {
  const noDesk = () => Promise.reject(new Error('the traffic of this bench is healthy'));
  return {
    database,
    clock,
    desk: { open: noDesk, settle: noDesk, resolve: noDesk, report: noDesk, conclude: async () => false },
    minimumWatermarkSeconds: 1,
    policyFor: () => rolloutPolicy(),
    log: (line) => console.error(line),
    onChange: () => {},
  };
}

/** A rollout with its history behind it, and what evaluates it. */
class TimedRollout {
  readonly spans: number;
  readonly #database: Database;
  readonly #target: SynthesisedTarget;
  readonly #memory: TargetMemory;
  readonly #parts: Parts;
  #looks = 0;
  #now: number;

  constructor(database: Database, spans: number, spansPerBucket: number) {
    this.spans = spans;
    this.#database = database;
    const buckets = Math.round(spans / spansPerBucket);
    this.#target = { targetId: `history-${spans}`, buckets, spansPerBucket, models: ['m1'] };
    this.#memory = new TargetMemory(database, unmeasured, nothingToCount);
    this.#now = (HISTORY_START + buckets * BUCKET_SECONDS) * 1000 + 10_000;
    this.#parts = partsOf(database, { now: () => this.#now });
  }

  get buckets(): number {
    return this.#target.buckets;
  }

  async prepare(): Promise<void> {
    await synthesise(this.#database, this.#target);
    const rollout = rolloutOf(this.#target);
    await recordRollout(this.#database, rollout, initialState(rollout));
  }

  async evaluateOnCpu(): Promise<{ readonly ms: number; readonly cpuMs: number }> {
    const before = process.cpuUsage();
    const ms = await this.evaluate();
    const { user, system } = process.cpuUsage(before);
    return { ms, cpuMs: (user + system) / 1000 };
  }

  evaluate(): Promise<number> {
    const { targetId } = this.#target;
    return timed(async () => {
      const records = (await readTargets(this.#parts, this.#memory, [targetId])).get(targetId);
      if (records === undefined) throw new Error(`nothing is known of ${targetId}`);
      await evaluateTarget(this.#parts, this.#memory, targetId, records);
    });
  }

  async evaluateOneMoreBucket(): Promise<{ readonly ms: number; readonly cpuMs: number }> {
    await writeBuckets(this.#database, this.#target, this.#target.buckets + this.#looks, 1);
    this.#looks += 1;
    this.#now += BUCKET_SECONDS * 1000;
    return this.evaluateOnCpu();
  }

  replay(): Promise<number> {
    const { targetId } = this.#target;
    return timed(async () => {
      const [cells, vectors] = await Promise.all([
        readCells(this.#database, { targetId, since: HISTORY_START }),
        knownVectors(this.#database, targetId),
      ]);
      const rollout = rolloutOf(this.#target);
      const standing = replayRollout({ rollout, cells, vectors });
      judgeStanding({ rollout, previous: null, standing, now: this.#now });
    });
  }
}

/** Times evaluations of rollouts with so many spans behind them, in turns, so that a busy machine slows all alike. */
export async function timeEvaluations(
  database: Database,
  spans: readonly number[],
  spansPerBucket: number,
): Promise<EvaluationTime[]> {
  const rollouts = spans.map((count) => new TimedRollout(database, count, spansPerBucket));
  const restarts: number[] = [];
  for (const rollout of rollouts) {
    await rollout.prepare();
    restarts.push(await rollout.evaluate());
  }
  const looks = rollouts.map((): { readonly ms: number; readonly cpuMs: number }[] => []);
  for (let look = 0; look < LOOKS; look++) {
    for (const [index, rollout] of rollouts.entries()) looks[index]?.push(await rollout.evaluateOneMoreBucket());
  }
  const replays: number[] = [];
  for (const rollout of rollouts) replays.push(await rollout.replay());
  return rollouts.map((rollout, index) => ({
    spans: rollout.spans,
    buckets: rollout.buckets,
    evaluationMs: median((looks[index] ?? []).map(({ ms }) => ms)),
    evaluationCpuMs: median((looks[index] ?? []).map(({ cpuMs }) => cpuMs)),
    replayMs: replays[index] ?? Number.NaN,
    restartMs: restarts[index] ?? Number.NaN,
  }));
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
