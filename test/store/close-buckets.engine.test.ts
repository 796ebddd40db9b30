import { beforeEach, describe, expect, it } from 'vitest';
import { DETECTORS } from '../../detectors/index.js';
import { Closer } from '../../src/evaluation/closer.js';
import { type Cell, targetId, vectorId } from '../../src/model/index.js';
import { readCells } from '../../src/store/queries/cells.js';
import { closeBuckets } from '../../src/store/queries/close-buckets.js';
import { aGeneration, anOutcome, generationsBatch, TARGET } from '../support/batches.js';
import { dirtyBuckets } from '../support/dirty-buckets.js';
import { startStore } from '../support/store.js';

const { database, load } = await startStore();

const TARGET_ID = targetId(TARGET);
const METRICS = DETECTORS.flatMap((detector) => detector.metrics);
const FAR_FUTURE = 4_000_000_000;
/** Each test has an hour of event time of its own. */
let start = 1_795_000_000 - (1_795_000_000 % 3600);
let revision = Date.now();

beforeEach(() => {
  start += 3600;
});

async function close(): Promise<number> {
  const buckets = await dirtyBuckets(database, { sinceMs: 0, closableBefore: FAR_FUTURE, limit: 1000 });
  revision += 1;
  await closeBuckets(database, { buckets, metrics: METRICS, revision, closedAtMs: revision });
  return buckets.length;
}

/** `metric → [n, failures]` of this test's hour, summed over cells that match. */
async function counts(match: Partial<Cell> = {}): Promise<Record<string, [number, number]>> {
  const cells = await readCells(database, { targetId: TARGET_ID, since: start, until: start + 3600 });
  const sums: Record<string, [number, number]> = {};
  for (const cell of cells) {
    if (Object.entries(match).some(([key, value]) => cell[key as keyof Cell] !== value)) continue;
    const [n, failures] = sums[cell.metric] ?? [0, 0];
    sums[cell.metric] = [n + cell.n, failures + cell.failures];
  }
  return sums;
}

describe('closing a bucket', () => {
  it('counts a bucket that was open when the process ended, though a later load was closed', async () => {
    await load(generationsBatch([aGeneration(start + 1)]));
    const [late] = await database.query<{ at: string }>(
      'SELECT toString(max(loaded_at) + INTERVAL 3 MINUTE) AS at FROM generations',
    );
    await database.insert('bucket_closes', [
      {
        target_id: 'other',
        bucket: start,
        revision: 1,
        generations: 1,
        newest_loaded_at: late?.at,
        closed_at: late?.at,
      },
    ]);
    await new Closer(database, METRICS, 5, { now: () => (start + 1000) * 1000 }).close();
    expect(await counts()).toMatchObject({ errors: [1, 0] });
  });

  it('counts a span once, however often it was sent', async () => {
    const call = aGeneration(start + 1);
    await load(generationsBatch([call]));
    await load(generationsBatch([call, aGeneration(start + 2, {}, { compliance: 'not_json' })]));
    await close();
    expect(await counts()).toMatchObject({ compliance: [2, 1], errors: [2, 0] });
  });

  it('leaves out of compliance what is a category of its own', async () => {
    const categories = ['truncated', 'refusal', 'filtered', 'no_content', 'not_applicable', 'not_checkable'] as const;
    await load(generationsBatch(categories.map((compliance) => aGeneration(start + 1, {}, { compliance }))));
    await load(generationsBatch([aGeneration(start + 1, {}, { compliance: 'error', errorType: 'timeout' })]));
    await close();
    const sums = await counts();
    expect(sums).toMatchObject({ errors: [7, 1], downstream_failure: [6, 0] });
    expect(sums['compliance']).toBeUndefined();
  });

  it('closes again when late rows arrive, and only then', async () => {
    await load(generationsBatch([aGeneration(start + 1)]));
    expect(await close()).toBe(1);
    expect(await close()).toBe(0);
    await load(generationsBatch([aGeneration(start + 3)]));
    expect(await close()).toBe(1);
    expect(await counts()).toMatchObject({ errors: [2, 0] });
  });

  it('moves a call to another vector when its content arrives later', async () => {
    const call = aGeneration(start + 1, { prompt: 'unknown' });
    await load(generationsBatch([call]));
    await close();
    const known = { ...call, versions: { ...call.versions, prompt: { value: 'v13', source: 'derived' } as const } };
    await load(generationsBatch([known], 2));
    await close();
    const values = { model: 'gpt-4o-2024-11-20', tools: '', context: '' };
    expect(await counts({ vectorId: vectorId({ ...values, prompt: 'v13' }) })).toMatchObject({ errors: [1, 0] });
    expect(await counts({ vectorId: vectorId({ ...values, prompt: 'unknown' }) })).toEqual({});
  });

  it('leaves buckets alone that are still filling', async () => {
    await load(generationsBatch([aGeneration(start + 1)]));
    const before = { sinceMs: 0, limit: 1000 };
    expect(await dirtyBuckets(database, { ...before, closableBefore: start + 9 })).toEqual([]);
    expect(await dirtyBuckets(database, { ...before, closableBefore: start + 10 })).toMatchObject([{ bucket: start }]);
    await close();
  });
});

describe('outcomes', () => {
  it('find their call by trace, by span, by response id; the newest counts', async () => {
    const calls = [0, 1, 2, 3].map(() => aGeneration(start + 1));
    const [a, b, c] = calls;
    await load(generationsBatch(calls));
    await close();
    expect((await counts())['task_success']).toBeUndefined();
    await load({
      outcomes: [
        anOutcome({ traceId: a?.traceId ?? '', value: 0 }),
        anOutcome({ spanId: b?.spanId ?? '', value: 1 }),
        anOutcome({ responseId: c?.responseId ?? '', value: 1, timeNs: 1n }),
        anOutcome({ responseId: c?.responseId ?? '', value: 0.2, timeNs: 2n }),
      ],
    });
    expect(await close()).toBe(1);
    expect(await counts()).toMatchObject({ task_success: [3, 2], errors: [4, 0] });
  });

  it('that come before their span are joined when it comes', async () => {
    const call = aGeneration(start + 1);
    await load({ outcomes: [anOutcome({ traceId: call.traceId, spanId: call.spanId, value: 0 })] });
    await close();
    await load(generationsBatch([call]));
    await close();
    expect(await counts()).toMatchObject({ task_success: [1, 1] });
  });

  it('replace themselves when they are sent again', async () => {
    const call = aGeneration(start + 1);
    const outcome = anOutcome({ traceId: call.traceId, value: 0 });
    await load({ ...generationsBatch([call]), outcomes: [outcome] });
    await load({ outcomes: [{ ...outcome, value: 1 }] });
    await close();
    expect(await counts()).toMatchObject({ task_success: [1, 0] });
  });

  it('of failed later steps are blamed on the last call that had ended', async () => {
    const first = aGeneration(start + 1);
    const second = aGeneration(start + 3, { prompt: 'v13' }, { traceId: first.traceId });
    const after = aGeneration(start + 30, { prompt: 'v14' }, { traceId: first.traceId });
    const failed = anOutcome({
      traceId: first.traceId,
      name: 'downstream_failure',
      source: 'downstream',
      value: 0,
      timeNs: BigInt(start + 5) * 1_000_000_000n,
    });
    await load({ ...generationsBatch([first, second, after]), outcomes: [failed] });
    await close();
    expect(await counts()).toMatchObject({ downstream_failure: [3, 1] });
    const v13 = vectorId({ model: 'gpt-4o-2024-11-20', prompt: 'v13', tools: '', context: '' });
    expect(await counts({ vectorId: v13 })).toMatchObject({ downstream_failure: [1, 1] });
  });

  it('of a step that begins within a clock step of the call’s end are blamed on that call', async () => {
    const call = aGeneration(start + 1);
    const failedAt = (timeNs: bigint) =>
      anOutcome({ traceId: call.traceId, name: 'downstream_failure', source: 'downstream', value: 0, timeNs });
    await load({ ...generationsBatch([call]), outcomes: [failedAt(call.endNs - 1_500_000n)] });
    await close();
    expect(await counts()).toMatchObject({ downstream_failure: [1, 0] });
    await load({ outcomes: [failedAt(call.endNs - 543_000n)] });
    await close();
    expect(await counts()).toMatchObject({ downstream_failure: [1, 1] });
  });
});
