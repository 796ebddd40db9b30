import { beforeEach, describe, expect, it } from 'vitest';
import { DETECTORS } from '../../detectors/index.js';
import { DirtySearch } from '../../src/evaluation/dirty-search.js';
import type { Database } from '../../src/store/index.js';
import { closeBuckets } from '../../src/store/queries/close-buckets.js';
import type { DirtyBucket } from '../../src/store/queries/dirty-buckets.js';
import { aGeneration, anOutcome, generationsBatch } from '../support/batches.js';
import { startStore } from '../support/store.js';

const { database, load } = await startStore();
const metrics = DETECTORS.flatMap((detector) => detector.metrics);

/** Counts statements: what a search costs. */
let statements = 0;
const counting: Database = {
  query: (sql, parameters) => {
    statements += 1;
    return database.query(sql, parameters);
  },
  command: (sql, parameters) => database.command(sql, parameters),
  insert: (table, rows) => database.insert(table, rows),
  loadSegment: (...load) => database.loadSegment(...load),
  close: () => database.close(),
};

/** Each test has an hour of event time of its own. */
let start = 1_795_000_000 - (1_795_000_000 % 3600);
let revision = Date.now();
let search = new DirtySearch(counting);

beforeEach(async () => {
  start += 3600;
  search = new DirtySearch(counting);
});

/** Searches once and closes what is found in this test's hour; @returns it. */
async function pass(isWaiting: (key: string) => boolean = () => false): Promise<DirtyBucket[]> {
  const found: DirtyBucket[] = [];
  for await (const page of search.pages({ sinceMs: 0, closableBefore: start + 3600, isWaiting })) {
    await closeBuckets(database, { buckets: page, metrics, revision: ++revision, closedAtMs: revision });
    found.push(...page);
  }
  return found.filter(({ bucket }) => bucket >= start);
}

async function settled(): Promise<void> {
  while ((await pass()).length > 0);
}

describe('the search for dirty buckets', () => {
  it('asks two questions when nothing is new', async () => {
    await load(generationsBatch([aGeneration(start + 1)]));
    await load({ outcomes: [anOutcome({ traceId: 'of nobody' })] });
    expect(await pass()).toHaveLength(1);
    await settled();
    statements = 0;
    expect(await pass()).toEqual([]);
    expect(statements).toBe(2);
  });

  it('finds a late call in a bucket that was clean', async () => {
    await load(generationsBatch([aGeneration(start + 1)]));
    await settled();
    await load(generationsBatch([aGeneration(start + 2)]));
    expect(await pass()).toMatchObject([{ bucket: start, generations: 2 }]);
  });

  it('finds a late outcome of a call in a bucket that was clean, and once', async () => {
    const call = aGeneration(start + 1);
    await load(generationsBatch([call]));
    await settled();
    await load({ outcomes: [anOutcome({ traceId: call.traceId })] });
    expect(await pass()).toMatchObject([{ bucket: start }]);
    expect(await pass()).toEqual([]);
  });

  it('does not forget a late outcome whose bucket has to wait', async () => {
    const call = aGeneration(start + 1);
    await load(generationsBatch([call]));
    await settled();
    await load({ outcomes: [anOutcome({ traceId: call.traceId })] });
    expect(await pass(() => true)).toEqual([]);
    expect(await pass(() => true)).toEqual([]);
    expect(await pass()).toMatchObject([{ bucket: start }]);
  });

  it('leaves alone what another process has closed', async () => {
    await load(generationsBatch([aGeneration(start + 1)]));
    const other = search;
    search = new DirtySearch(counting);
    expect(await pass()).toHaveLength(1);
    search = other;
    expect(await pass()).toEqual([]);
  });
});
