import { targetId, type VersionValues, vectorId } from '../../src/model/index.js';
import type { Database } from '../../src/store/index.js';

const TARGET = { service: 'support-bot', environment: 'production', operation: 'support-triage' };
export const TARGET_ID = targetId(TARGET);
export const ROLLOUT_ID = 'rol_0000000000000001';

const versions = (prompt: string): VersionValues => ({ model: 'gpt-4o', prompt, tools: '', context: '' });
const BASELINE = vectorId(versions('v12'));
const CANDIDATE = vectorId(versions('v13'));

/** A few rows of every table that the board reads: one target, two vectors, one rollout that went wrong. */
export async function insertStory(database: Database, nowSeconds: number): Promise<void> {
  const bucket = nowSeconds - 600;
  const at = (seconds: number) => new Date(seconds * 1000).toISOString();
  await database.insert(
    'vectors',
    [BASELINE, CANDIDATE].map((id, index) => ({
      target_id: TARGET_ID,
      vector_id: id,
      ...TARGET,
      model_version: 'gpt-4o',
      prompt_version: `v1${index + 2}`,
      tools_version: '',
      context_version: '',
      first_seen: at(bucket),
      last_seen: at(nowSeconds),
    })),
  );
  await insertCells(database, bucket);
  const call = {
    start_time: at(bucket + 1),
    end_time: at(bucket + 2),
    trace_id: 'a'.repeat(32),
    span_id: 'b'.repeat(16),
    target_id: TARGET_ID,
    ...TARGET,
    served_model: 'gpt-4o',
    model_version: 'gpt-4o',
    prompt_version: 'v13',
    vector_id: CANDIDATE,
    ingested_at: at(bucket + 2),
    loaded_at: at(bucket + 3),
  };
  await database.insert('generations', [
    { ...call, compliance: 'no_content', revision: 1 },
    { ...call, compliance: 'schema_invalid', revision: 2 },
  ]);
  await insertControl(database, bucket, at);
}

/** The first closing of the bucket was wrong and has been superseded; the shadow serves nobody. */
async function insertCells(database: Database, bucket: number): Promise<void> {
  const cell = (vector: string, metric: string, n: number, failures: number, fields = {}) => ({
    target_id: TARGET_ID,
    bucket,
    metric,
    stratum: '0-4k',
    vector_id: vector,
    arm: '',
    n,
    failures,
    score_sum: n - failures,
    revision: 2,
    ...fields,
  });
  await database.insert('cells', [
    cell(BASELINE, 'compliance', 90, 1),
    cell(BASELINE, 'errors', 90, 2),
    cell(CANDIDATE, 'compliance', 10, 3),
    cell(CANDIDATE, 'task_success', 5, 2),
    cell(CANDIDATE, 'errors', 10, 0),
    cell(CANDIDATE, 'errors', 50, 50, { arm: 'shadow' }),
    cell(CANDIDATE, 'errors', 7, 7, { revision: 1, stratum: '4-16k' }),
  ]);
  const close = { target_id: TARGET_ID, bucket, generations: 100, newest_loaded_at: bucket + 3 };
  await database.insert('bucket_closes', [
    { ...close, revision: 1, closed_at: new Date((bucket + 15) * 1000).toISOString() },
    { ...close, revision: 2, closed_at: new Date((bucket + 25) * 1000).toISOString() },
  ]);
}

async function insertControl(database: Database, bucket: number, at: (seconds: number) => string): Promise<void> {
  await database.insert('rollouts', [
    {
      id: ROLLOUT_ID,
      target_id: TARGET_ID,
      ...TARGET,
      baseline: '{"prompt":"v12"}',
      candidate: '{"prompt":"v13"}',
      changed: ['prompt'],
      origin: 'observed',
      policy: '{}',
      started_at: at(bucket),
    },
  ]);
  await database.insert('rollout_states', [
    {
      rollout_id: ROLLOUT_ID,
      revision: 1,
      at: at(bucket),
      status: 'running',
      stage: 10,
      stage_since: at(bucket),
      verdict: 'rollback',
      reasons: ['compliance is worse.'],
      latched: '',
    },
  ]);
  const incident = { target_id: TARGET_ID, ...TARGET, rollout_id: ROLLOUT_ID, severity: 'critical', evidence: '{}' };
  await database.insert(
    'incidents',
    ['inc_open', 'inc_resolved'].map((id) => ({ ...incident, id, title: id, opened_at: at(bucket + 20) })),
  );
  const event = (incident_id: string, kind: string, seconds: number) => ({
    id: kind,
    incident_id,
    at: at(bucket + seconds),
    kind,
    message: kind,
    data: '{}',
  });
  await database.insert('incident_events', [
    event('inc_open', 'opened', 20),
    event('inc_open', 'rollback_requested', 21),
    event('inc_open', 'rollback_accepted', 22),
    event('inc_open', 'rollback_confirmed', 40),
    event('inc_open', 'notified', 41),
    event('inc_resolved', 'opened', 20),
    event('inc_resolved', 'resolved', 30),
  ]);
  const action = {
    id: 'act_1',
    incident_id: 'inc_open',
    rollout_id: ROLLOUT_ID,
    kind: 'rollback',
    destination: 'registry',
    occasion: 'opened',
    next_attempt_at: at(bucket),
    payload_digest: '',
    detail: '',
  };
  await database.insert('actions', [
    { ...action, revision: 1, status: 'pending', attempts: 1, at: at(bucket + 21) },
    { ...action, revision: 2, status: 'succeeded', attempts: 2, at: at(bucket + 22) },
  ]);
  await database.insert('deployments', [
    {
      id: 'dep_1',
      ...TARGET,
      surface: 'prompt',
      version: 'v13',
      previous_version: 'v12',
      actor: 'ci',
      source: 'api',
      comment: '',
      at: at(bucket - 5),
    },
  ]);
}
