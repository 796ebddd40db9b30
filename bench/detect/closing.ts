import { DETECTORS } from '../../detectors/index.js';
import { Closer } from '../../src/evaluation/closer.js';
import type { Database } from '../../src/store/index.js';
import { timed } from './evaluation.js';
import { HISTORY_START } from './world.js';

/** Later than every watermark. */
const AFTER_WATERMARK_MS = 300_000;

/** Calls of one session. */
const CALLS_PER_SESSION = 4;

export interface ClosingTime {
  /** To find, count and publish the bucket. */
  readonly ms: number;
  /** The same where a rollout has sessions as its units. */
  readonly withSessionsMs: number;
}

/** Milliseconds to close one bucket with this many generations, a tenth of them with an outcome, four of each session. */
export async function timeClosing(database: Database, generations: number): Promise<ClosingTime> {
  const ms = await timeOnce(database, generations, 'closing', new Set());
  const withSessionsMs = await timeOnce(database, generations, 'closing-sessions', new Set(['closing-sessions']));
  return { ms, withSessionsMs };
}

async function timeOnce(
  database: Database,
  generations: number,
  targetId: string,
  sessionTargets: ReadonlySet<string>,
): Promise<number> {
  await database.command(
    `INSERT INTO generations (start_time, end_time, trace_id, span_id, target_id, service, operation, requested_model,
       served_model, model_version, prompt_version, vector_id, stratum, finish_reason, compliance, output_tokens,
       input_tokens, session_id, revision, ingested_at)
     SELECT toDateTime64(${HISTORY_START} + 10 * number / {n:UInt32}, 9, 'UTC') AS start, start + INTERVAL 1 SECOND,
       lower(hex(sipHash128({target:String}, number))), lower(hex(sipHash64({target:String}, number))), {target:String}, 'bench', {target:String}, 'm1',
       'm1', 'm1', 'v1', 'v', ['0-4k', '4-16k', '16-50k'][number % 3 + 1], 'stop', 'ok', 100 + number % 900,
       1000 + number % 9000, concat('session-', toString(intDiv(number, ${CALLS_PER_SESSION}))), 1, start
     FROM numbers({n:UInt32})`,
    { n: generations, target: targetId },
  );
  await database.command(
    `INSERT INTO outcomes (id, trace_id, name, value, source, time)
     SELECT concat({target:String}, toString(number)), lower(hex(sipHash128({target:String}, number))), 'task_success', number % 50 != 0, 'api',
       toDateTime64(${HISTORY_START} + 30, 9, 'UTC')
     FROM numbers({n:UInt32}) WHERE number % 10 = 0`,
    { n: generations, target: targetId },
  );
  const clock = { now: () => Date.now() + AFTER_WATERMARK_MS };
  const metrics = DETECTORS.flatMap((detector) => detector.metrics);
  let closed = 0;
  const ms = await timed(async () => {
    closed = (await new Closer(database, metrics, 1, clock).close(sessionTargets)).buckets.length;
  });
  if (closed !== 1) throw new Error(`one bucket was to be closed, not ${closed}`);
  return ms;
}
