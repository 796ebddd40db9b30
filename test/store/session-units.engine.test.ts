import { beforeEach, describe, expect, it } from 'vitest';
import { DETECTORS } from '../../detectors/index.js';
import { Closer } from '../../src/evaluation/closer.js';
import { BUCKET_SECONDS, bucketOf, type Generation, targetId, vectorId } from '../../src/model/index.js';
import { storedSessionCells } from '../../src/store/queries/cells.js';
import { closeBuckets } from '../../src/store/queries/close-buckets.js';
import { aGeneration, anOutcome, generationsBatch, TARGET } from '../support/batches.js';
import { dirtyBuckets } from '../support/dirty-buckets.js';
import { startStore } from '../support/store.js';
import { uniform } from '../support/uniform.js';

const { database, load: loadRows } = await startStore();

const TARGET_ID = targetId(TARGET);
const METRICS = DETECTORS.flatMap((detector) => detector.metrics);
const DAY = 86_400;
/** Some weeks ago, so that no test's day is today. */
let start = Math.floor(Date.now() / 1000 / DAY - 30) * DAY;
let revision = Date.now();

/** Each test has a day of event time of its own. */
beforeEach(() => {
  start += DAY;
});

async function load(calls: readonly Generation[], isRevised = false): Promise<void> {
  await loadRows(generationsBatch(calls, isRevised ? 2 : 1));
}

/** Closes what is dirty and ends before a second after the start of the test. */
async function close(before = DAY, sessionTargets = new Set([TARGET_ID])): Promise<void> {
  const closableBefore = start + before;
  const buckets = await dirtyBuckets(database, { sinceMs: 0, closableBefore, limit: 1000 });
  revision += 1;
  await closeBuckets(database, { buckets, metrics: METRICS, revision, closedAtMs: revision, sessionTargets });
}

/** `bucket, stratum, vector, progress → [n, failures]` of a metric; counts of nothing are left out. */
async function units(metric: string): Promise<Map<string, [number, number]>> {
  const cells = await storedSessionCells(database, { targetId: TARGET_ID, since: start, until: start + DAY });
  return new Map(
    cells
      .filter((cell) => cell.metric === metric && cell.n > 0)
      .map((cell) => [
        [cell.bucket - start, cell.stratum, cell.vectorId, cell.progress].join(' '),
        [cell.n, cell.failures],
      ]),
  );
}

/** Of all cells of a metric, in the order of their buckets: `[n, failures]`. */
async function counts(metric: string): Promise<[number, number][]> {
  return [...(await units(metric)).values()];
}

function call(second: number, sessionId: string, overrides: Partial<Generation> = {}): Generation {
  return aGeneration(start + second, {}, { sessionId, ...overrides });
}

const BROKEN = { compliance: 'not_json' } as const;

/** The same, one call after the other; buckets in which no call names a session have no such counts. */
function plainly(calls: readonly Generation[]): Map<string, [number, number]> {
  const past = new Map<string, { bucket: number; n: number; failures: number }[]>();
  const expected = new Map<string, [number, number]>();
  const add = (key: string, n: number, failures: number): void => {
    const [before, failed] = expected.get(key) ?? [0, 0];
    expected.set(key, [before + n, failed + failures]);
  };
  const bucketAt = (one: Generation): number => bucketOf(Number(one.startNs / 1_000_000_000n));
  const place = (one: Generation): string => {
    const { model, prompt, tools, context } = one.versions;
    const vector = vectorId({ model: model.value, prompt: prompt.value, tools: tools.value, context: context.value });
    return [bucketAt(one) - start, one.stratum, vector].join(' ');
  };
  const groups = new Map<string, Generation[]>();
  const inSessions = new Set(calls.filter(({ sessionId }) => sessionId !== '').map(bucketAt));
  for (const one of calls) {
    if (one.arm === 'shadow' || !inSessions.has(bucketAt(one))) continue;
    const key = `${String(bucketAt(one)).padStart(12)}|${one.sessionId}|${place(one)}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  for (const [, group] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [first] = group;
    if (first === undefined) continue;
    const bucket = bucketAt(first);
    const failures = group.filter(({ compliance }) => compliance !== 'ok').length;
    if (first.sessionId === '') {
      add(`${place(first)} 0`, group.length, failures);
      continue;
    }
    const known = past.get(first.sessionId) ?? [];
    const before = known.filter((one) => one.bucket < bucket && one.bucket >= bucket - 3600);
    const callsBefore = before.reduce((sum, { n }) => sum + n, 0);
    const progress = Math.min(6, Math.floor(Math.log2(callsBefore + 1)));
    if (before.every((one) => one.failures === 0))
      add(`${place(first)} ${progress}`, failures > 0 ? 1 : group.length, failures > 0 ? 1 : 0);
    past.set(first.sessionId, [...known, { bucket, n: group.length, failures }]);
  }
  return expected;
}

describe('sessions as units', () => {
  it.each([1, 2])('count until their first failure, beside sessions that had got as far (%i)', async (seed) => {
    const random = uniform(seed);
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
    const calls = Array.from({ length: 1500 }, () => {
      const sessionId = random() < 0.1 ? '' : `session-${Math.floor(random() * 60)}`;
      const second = Math.floor(random() * 7200);
      return aGeneration(
        start + second,
        { prompt: Number(sessionId.slice(-1)) % 3 === 0 ? 'v13' : 'v12' },
        {
          sessionId,
          stratum: pick(['0-4k', '0-4k', '4-16k']),
          arm: random() < 0.05 ? 'shadow' : '',
          ...(random() < 0.08 ? BROKEN : {}),
        },
      );
    });
    await load(calls);
    for (const before of [1800, 1800 + BUCKET_SECONDS, 5000, DAY]) await close(before);
    expect(await units('compliance')).toEqual(plainly(calls));
  });

  it('count one that fails in several calls of a bucket once, and later calls not at all', async () => {
    await load([call(1, 'a', BROKEN), call(2, 'a', BROKEN), call(3, 'a'), call(4, 'b'), call(5, 'b')]);
    await load([call(11, 'a', BROKEN), call(12, 'b', BROKEN), call(21, 'b', BROKEN)]);
    await close();
    expect(await counts('compliance')).toEqual([
      [3, 1],
      [1, 1],
    ]);
  });

  it('begin anew after an hour', async () => {
    await load([call(1, 'a', BROKEN), call(3590, 'a', BROKEN), call(7300, 'a', BROKEN)]);
    await close();
    expect(await counts('compliance')).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it('are counted for each metric by what it counts, also when outcomes come later', async () => {
    const [first, second] = [call(1, 'a'), call(11, 'a')];
    await load([first, second]);
    await close();
    expect(await counts('task_success')).toEqual([]);
    const outcomes = [second, first].map(({ traceId }) => anOutcome({ traceId, value: 0 }));
    await loadRows({ outcomes });
    await close();
    expect(await counts('task_success')).toEqual([[1, 1]]);
    expect(await counts('errors')).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });

  it('follow a call that turns out to be of another stratum', async () => {
    const one = call(1, 'a', BROKEN);
    await load([one]);
    await close();
    await load([{ ...one, stratum: '4-16k' }], true);
    await close();
    expect([...(await units('compliance')).keys()]).toEqual([expect.stringContaining('4-16k')]);
  });

  it('are counted where they are asked for', async () => {
    await load([call(1, 'a')]);
    await close(DAY, new Set());
    expect(await counts('compliance')).toEqual([]);
  });

  it('count once, also when a label of a later call comes before that of an earlier one', async () => {
    // The closer searches by when rows were loaded.
    start = bucketOf(Date.now() / 1000) - 7200;
    let now = (start + 1000) * 1000;
    const closer = new Closer(database, METRICS, 5, { now: () => now });
    const calls = [1, 11, 31, 4000].map((second) => call(second, 'a'));
    await load([...calls, call(12, 'b'), call(32, 'b')]);
    await closer.close(new Set([TARGET_ID]));
    for (const late of [2, 1, 0, 3]) {
      now += 900_000;
      const outcomes = calls.slice(late, late + 1).map(({ traceId }) => anOutcome({ traceId, value: 0 }));
      await loadRows({ outcomes });
      await closer.close(new Set([TARGET_ID]));
      const failures = [...(await units('task_success'))].filter(([, [, failed]]) => failed > 0);
      // The fourth call is more than an hour after the first, and begins anew.
      expect(failures.map(([place]) => place.split(' ')[0])).toEqual(
        late === 3 ? ['0', '4000'] : [String([0, 10, 30][late])],
      );
    }
  });
});
