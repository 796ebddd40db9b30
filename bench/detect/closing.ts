import { DETECTORS } from '../../detectors/index.js';
import { Closer } from '../../src/evaluation/closer.js';
import type { Database } from '../../src/store/index.js';
import { timed } from './evaluation.js';
import { HISTORY_START } from './world.js';

/** Later than every watermark. */
const AFTER_WATERMARK_MS = 300_000;

/** Milliseconds to find, count and publish one bucket with this many generations, a tenth of them with an outcome. */
export async function timeClosing(database: Database, generations: number): Promise<number> {
  await database.command(
    `INSERT INTO generations (start_time, end_time, trace_id, span_id, target_id, service, operation, requested_model,
       served_model, model_version, prompt_version, vector_id, stratum, finish_reason, compliance, output_tokens,
       input_tokens, revision, ingested_at)
     SELECT toDateTime64(${HISTORY_START} + 10 * number / {n:UInt32}, 9, 'UTC') AS start, start + INTERVAL 1 SECOND,
       lower(hex(sipHash128(number))), lower(hex(sipHash64(number))), 'closing', 'bench', 'closing', 'm1',
       'm1', 'm1', 'v1', 'v', ['0-4k', '4-16k', '16-50k'][number % 3 + 1], 'stop', 'ok', 100 + number % 900,
       1000 + number % 9000, 1, start
     FROM numbers({n:UInt32})`,
    { n: generations },
  );
  await database.command(
    `INSERT INTO outcomes (id, trace_id, name, value, source, time)
     SELECT concat('out_', toString(number)), lower(hex(sipHash128(number))), 'task_success', number % 50 != 0, 'api',
       toDateTime64(${HISTORY_START} + 30, 9, 'UTC')
     FROM numbers({n:UInt32}) WHERE number % 10 = 0`,
    { n: generations },
  );
  const clock = { now: () => Date.now() + AFTER_WATERMARK_MS };
  const metrics = DETECTORS.flatMap((detector) => detector.metrics);
  let closed = 0;
  const ms = await timed(async () => {
    closed = (await new Closer(database, metrics, 1, clock).close()).buckets.length;
  });
  if (closed !== 1) throw new Error(`one bucket was to be closed, not ${closed}`);
  return ms;
}
