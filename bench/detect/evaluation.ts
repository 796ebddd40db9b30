import type { EvaluationHost } from '../../src/evaluation/index.js';
import { Ledgers } from '../../src/evaluation/ledger/ledgers.js';
import { evaluateTarget } from '../../src/evaluation/target.js';
import { BUCKET_SECONDS, type Clock } from '../../src/model/index.js';
import { judgeStanding, replayRollout, rolloutPolicy } from '../../src/rollouts/index.js';
import { unmeasured } from '../../src/rollouts/rollout-fold.js';
import { initialState } from '../../src/rollouts/states.js';
import type { Database } from '../../src/store/index.js';
import { knownVectors, readCells } from '../../src/store/queries/cells.js';
import { recordRollout } from '../../src/store/queries/rollouts.js';
import { HISTORY_START, rolloutOf, type SynthesisedTarget, synthesise, writeBuckets } from './world.js';

/** Buckets that are closed one after the other, each followed by an evaluation; the median counts. */
const LOOKS = 15;

export interface EvaluationTime {
  readonly spans: number;
  readonly buckets: number;
  /** One evaluation of the target after one more bucket: queries, detectors, gate. */
  readonly evaluationMs: number;
  /** The same by reading and replaying all cells, as it was done before there were ledgers. */
  readonly replayMs: number;
  /** The first evaluation after a restart, with nothing in memory. */
  readonly restartMs: number;
}

type Parts = ConstructorParameters<typeof EvaluationHost>[0];

/** A host's surroundings with a desk that opens nothing: the traffic is healthy. */
export function partsOf(database: Database, clock: Clock): Parts {
  const noDesk = () => Promise.reject(new Error('the traffic of this bench is healthy'));
  return {
    database,
    clock,
    desk: { open: noDesk, settle: noDesk, resolve: noDesk },
    minimumWatermarkSeconds: 1,
    policyFor: () => rolloutPolicy(),
    log: (line) => console.error(line),
    onChange: () => {},
  };
}

/** Times evaluations of one rollout with this many spans behind it. */
export async function timeEvaluation(
  database: Database,
  spans: number,
  spansPerBucket: number,
): Promise<EvaluationTime> {
  const target: SynthesisedTarget = {
    targetId: `history-${spans}`,
    buckets: Math.round(spans / spansPerBucket),
    spansPerBucket,
    models: ['m1'],
  };
  await synthesise(database, target);
  const rollout = rolloutOf(target);
  await recordRollout(database, rollout, initialState(rollout));
  let now = (HISTORY_START + target.buckets * BUCKET_SECONDS) * 1000 + 10_000;
  const parts = partsOf(database, { now: () => now });
  const ledgers = new Ledgers(database, unmeasured);
  const restartMs = await timed(() => evaluateTarget(parts, ledgers, target.targetId));
  const times: number[] = [];
  for (let look = 0; look < LOOKS; look++) {
    await writeBuckets(database, target, target.buckets + look, 1);
    now += BUCKET_SECONDS * 1000;
    times.push(await timed(() => evaluateTarget(parts, ledgers, target.targetId)));
  }
  const replayMs = await timed(async () => {
    const [cells, vectors] = await Promise.all([
      readCells(database, { targetId: target.targetId, since: HISTORY_START }),
      knownVectors(database, target.targetId),
    ]);
    const standing = replayRollout({ rollout, cells, vectors });
    judgeStanding({ rollout, previous: null, standing, now });
  });
  return { spans, buckets: target.buckets, evaluationMs: median(times), replayMs, restartMs };
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
