import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DETECTORS } from '../../detectors/index.js';
import { BUCKET_SECONDS, type Rollout, SURFACES, type VersionValues, vectorId } from '../../src/model/index.js';
import { rolloutPolicy } from '../../src/rollouts/index.js';
import { type Database, migrate, openEmbedded } from '../../src/store/index.js';

/** First second of the history of every bench target. */
export const HISTORY_START = 1_795_000_000 - (1_795_000_000 % 3600);

/** Baseline alone for so many buckets, then the candidate beside it. */
const LEAD_BUCKETS = 30;
const CANDIDATE_SHARE = 0.1;
/** How far sessions had got, in classes: of each there are cells. */
const SESSION_PROGRESSES = [0, 1, 2];
const STRATA = ['0-4k', '4-16k', '16-50k'];

/** The real engine in a directory of its own, until `close`. */
export async function openWorld(): Promise<{ readonly database: Database; close(): Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), 'leeway-bench-detect-'));
  const database = await openEmbedded(join(directory, 'engine'));
  await migrate(database);
  return {
    database,
    async close() {
      await database.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A target whose cells are written as the closer would have written them. */
export interface SynthesisedTarget {
  readonly targetId: string;
  readonly buckets: number;
  readonly spansPerBucket: number;
  /** Pairs of vectors: one serves the baseline's prompt, the other the candidate's. */
  readonly models: readonly string[];
}

export function rolloutOf({ targetId }: Pick<SynthesisedTarget, 'targetId'>): Rollout {
  return {
    id: `rol_${targetId}`,
    targetId,
    target: { service: 'bench', environment: '', operation: targetId },
    baseline: { prompt: 'v1' },
    candidate: { prompt: 'v2' },
    changed: ['prompt'],
    origin: 'declared',
    policy: rolloutPolicy(),
    startedAt: (HISTORY_START + LEAD_BUCKETS * BUCKET_SECONDS) * 1000,
  };
}

/** Makes the target's vectors known and writes its whole history. */
export async function synthesise(database: Database, target: SynthesisedTarget): Promise<void> {
  const values = (model: string, prompt: string): VersionValues => ({ model, prompt, tools: 't1', context: 'c1' });
  const rows = target.models.flatMap((model) => [values(model, 'v1'), values(model, 'v2')]);
  await database.insert(
    'vectors',
    rows.map((row) => ({
      target_id: target.targetId,
      vector_id: vectorId(row),
      service: 'bench',
      environment: '',
      operation: target.targetId,
      ...Object.fromEntries(
        SURFACES.flatMap((surface) => [
          [`${surface}_version`, row[surface]],
          [`${surface}_source`, 'tagged'],
        ]),
      ),
      first_seen: new Date(HISTORY_START * 1000).toISOString(),
      last_seen: new Date(HISTORY_START * 1000).toISOString(),
    })),
  );
  await writeBuckets(database, target, 0, target.buckets);
}

/** Publishes buckets of a target: every metric of every detector in every stratum, calls and sessions, about one failure in fifty, by a hash. */
export async function writeBuckets(
  database: Database,
  { targetId, spansPerBucket, models }: SynthesisedTarget,
  from: number,
  count: number,
): Promise<void> {
  const arm = (prompt: string) => models.map((model) => vectorId({ model, prompt, tools: 't1', context: 'c1' }));
  const cells = spansPerBucket / (models.length * STRATA.length);
  const parameters = {
    target: targetId,
    baselines: arm('v1'),
    candidates: arm('v2'),
    cell: cells,
    metrics: DETECTORS.flatMap(({ metrics }) => metrics.map(({ name }) => name)),
    strata: STRATA,
    from,
    count,
  };
  await database.command(
    `INSERT INTO cells (target_id, bucket, metric, stratum, vector_id, arm, n, failures, score_sum, revision)
     SELECT * EXCEPT progress FROM (${cellsOf([0])})`,
    parameters,
  );
  await database.command(
    `INSERT INTO session_cells (target_id, bucket, metric, stratum, vector_id, arm, n, failures, score_sum, revision, progress)
     ${cellsOf(SESSION_PROGRESSES)}`,
    parameters,
  );
  await database.command(
    `INSERT INTO bucket_closes (target_id, bucket, revision, generations, with_sessions, newest_loaded_at, closed_at)
     SELECT {target:String}, toDateTime(${BUCKET_SECONDS} * number + ${HISTORY_START}, 'UTC') AS bucket,
       toUInt64(${BUCKET_SECONDS} * number + ${HISTORY_START}) * 1000, 1, true, toDateTime64(bucket, 3), toDateTime64(bucket, 3)
     FROM numbers({from:UInt64}, {count:UInt64})`,
    { target: targetId, from, count },
  );
}

/** @param progresses classes of sessions over which each cell's units are divided */
function cellsOf(progresses: readonly number[]): string {
  return `
    WITH number AS index,
      ${BUCKET_SECONDS} * index + ${HISTORY_START} AS second,
      toUInt64(second) * 1000 AS closed,
      {cell:Float64} / ${progresses.length} AS cell,
      arrayConcat(arrayMap(id -> (id, 0), {baselines:Array(String)}),
        if(index < ${LEAD_BUCKETS}, [], arrayMap(id -> (id, 1), {candidates:Array(String)}))) AS vectors
    SELECT {target:String} AS target_id, toDateTime(second, 'UTC') AS bucket, metric, stratum, vector.1 AS vector_id, '' AS arm,
      toUInt64(ceil(if(vector.2 = 1, cell * ${CANDIDATE_SHARE}, cell))) AS units,
      least(units, toUInt64(floor(units / 50 + (cityHash64(index, metric, stratum, vector.1, progress) % 1000) / 1000))) AS failed,
      toFloat64(units - failed) AS score_sum, closed AS revision, progress
    FROM (SELECT number FROM numbers({from:UInt64}, {count:UInt64}))
    ARRAY JOIN {metrics:Array(String)} AS metric
    ARRAY JOIN {strata:Array(String)} AS stratum
    ARRAY JOIN vectors AS vector
    ARRAY JOIN [${progresses.join(', ')}] AS progress`;
}
