import { expect, it } from 'vitest';
import { DETECTORS } from '../../detectors/index.js';
import { targetId } from '../../src/model/index.js';
import { readCells } from '../../src/store/queries/cells.js';
import { closeBuckets } from '../../src/store/queries/close-buckets.js';
import { outcomeKeys } from '../../src/store/queries/outcome-keys.js';
import { aGeneration, anOutcome, generationsBatch, TARGET } from '../support/batches.js';
import { dirtyBuckets } from '../support/dirty-buckets.js';
import { startStore } from '../support/store.js';

const { database, load } = await startStore();

const METRICS = DETECTORS.flatMap((detector) => detector.metrics);
const START = 1_795_000_000;
const FAR_FUTURE = 4_000_000_000;
let revision = 0;

async function closedCounts(): Promise<Record<string, [number, number]>> {
  const buckets = await dirtyBuckets(database, { sinceMs: 0, closableBefore: FAR_FUTURE, limit: 1000 });
  revision += 1;
  await closeBuckets(database, { buckets, metrics: METRICS, revision, closedAtMs: revision });
  const cells = await readCells(database, { targetId: targetId(TARGET), since: START });
  return Object.fromEntries(cells.map(({ metric, n, failures }) => [metric, [n, failures]]));
}

it('a bucket counts outcomes from the first that names its call in a way that was not seen before', async () => {
  const [a, b, c] = [aGeneration(START + 1), aGeneration(START + 2), aGeneration(START + 3)];
  await load(generationsBatch([a, b, c]));
  expect(await outcomeKeys(database)).toEqual({ byTrace: false, byResponse: false, bySpan: false });
  const none = await closedCounts();
  expect(none).toMatchObject({ errors: [3, 0], downstream_failure: [3, 0], labels: [3, 3] });
  expect(none['task_success']).toBeUndefined();

  await load({ outcomes: [anOutcome({ responseId: a.responseId, value: 0 })] });
  expect(await outcomeKeys(database)).toEqual({ byTrace: false, byResponse: true, bySpan: false });
  expect(await closedCounts()).toMatchObject({ task_success: [1, 1], downstream_failure: [3, 0], labels: [3, 2] });

  await load({ outcomes: [anOutcome({ spanId: b.spanId, value: 1 })] });
  expect(await outcomeKeys(database)).toEqual({ byTrace: false, byResponse: true, bySpan: true });
  expect(await closedCounts()).toMatchObject({ task_success: [2, 1], labels: [3, 1] });

  const failed = anOutcome({ traceId: c.traceId, name: 'downstream_failure', value: 0, source: 'downstream' });
  await load({ outcomes: [{ ...failed, timeNs: c.endNs + 1_000_000n }] });
  expect(await outcomeKeys(database)).toEqual({ byTrace: true, byResponse: true, bySpan: true });
  expect(await closedCounts()).toMatchObject({ task_success: [2, 1], downstream_failure: [3, 1] });
});
