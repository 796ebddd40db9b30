import { beforeEach, describe, expect, test } from 'vitest';
import { readAhead } from '../../src/evaluation/ledger/cell-source.js';
import { RolloutLedger } from '../../src/evaluation/ledger/rollout-ledger.js';
import type { Rollout, VersionValues } from '../../src/model/index.js';
import { replayRollout, rolloutPolicy } from '../../src/rollouts/index.js';
import { unmeasured } from '../../src/rollouts/rollout-fold.js';
import { knownVectors, readCells, storedSessionCells } from '../../src/store/queries/cells.js';
import { type CellCounts, makeVector, publishBucket, writeCells } from '../support/cells.js';
import { startEngine } from '../support/engine.js';
import { uniform } from '../support/uniform.js';

const database = await startEngine();

const START = 1_800_000_000;
/** Before the rollout's start, which the ledger reads too. */
const FIRST = START - 300;

let target = 0;
let targetId = '';
let revision = 1_800_000_000_000;
let vectors: { baseline: string; candidate: string; other: string };

beforeEach(async () => {
  target += 1;
  targetId = `target-${target}`;
  vectors = {
    baseline: await makeVector(database, { targetId, values: versions('v1'), firstSeen: FIRST }),
    candidate: await makeVector(database, { targetId, values: versions('v2'), firstSeen: START }),
    other: await makeVector(database, { targetId, values: versions('v0'), firstSeen: FIRST }),
  };
});

function versions(prompt: string): VersionValues {
  return { model: 'gpt-4o', prompt, tools: '', context: '' };
}

function rollout(): Rollout {
  return {
    id: `rol_${target}`,
    targetId,
    target: { service: 'support-bot', environment: 'test', operation: targetId },
    baseline: { prompt: 'v1' },
    candidate: { prompt: 'v2' },
    changed: ['prompt'],
    origin: 'declared',
    policy: rolloutPolicy(),
    startedAt: START * 1000,
  };
}

/** A bucket's counts; strata, arms, metrics and sessions come and go. */
function randomCells(random: () => number, bucket: number): CellCounts[] {
  const calls = callCells(random, bucket);
  return random() < 0.5 ? calls : [...calls, ...calls.flatMap((cell) => sessionCells(random, cell))];
}

/** Of some calls, sessions that had not failed before. */
function sessionCells(random: () => number, cell: CellCounts): CellCounts[] {
  return [0, 2].map((progress) => {
    const n = Math.floor((random() * cell.n) / 2);
    return { ...cell, progress, n, failures: Math.min(n, cell.failures), scoreSum: n / 2 };
  });
}

function callCells(random: () => number, bucket: number): CellCounts[] {
  const whole = (most: number): number => Math.floor(random() * (most + 1));
  return ['0-4k', '4-16k'].flatMap((stratum) =>
    [vectors.baseline, vectors.candidate, vectors.other].flatMap((vectorId) => {
      const calls = random() < 0.3 ? 0 : whole(vectorId === vectors.candidate ? 4 : 30);
      if (calls === 0 || (vectorId === vectors.candidate && bucket < START)) return [];
      const labelled = whole(calls);
      const scored = { vectorId, stratum, metric: 'task_success', n: labelled, failures: whole(labelled) };
      return [
        { vectorId, stratum, metric: 'errors', n: calls, failures: whole(Math.min(1, calls)) },
        { vectorId, stratum, metric: 'compliance', n: calls, failures: whole(Math.min(2, calls)) },
        ...(labelled > 0 ? [{ ...scored, scoreSum: random() * labelled }] : []),
      ];
    }),
  );
}

async function publish(bucket: number, cells: readonly CellCounts[]): Promise<void> {
  revision += 1 + Math.floor(cells.length / 7);
  await publishBucket(database, { targetId, bucket, revision, cells });
}

/** The straight replay of everything that is published. */
async function replayed() {
  const [calls, sessions, known] = await Promise.all([
    readCells(database, { targetId, since: START - 3600 }),
    storedSessionCells(database, { targetId, since: START - 3600 }),
    knownVectors(database, targetId),
  ]);
  const cells = [...calls, ...sessions].sort((a, b) => a.bucket - b.bucket);
  return replayRollout({ rollout: rollout(), cells, vectors: known });
}

describe('a ledger', () => {
  test.each([1, 2])('agrees with a straight replay, whatever is closed in whatever order (%i)', async (seed) => {
    const random = uniform(seed);
    const ledger = new RolloutLedger(rollout(), unmeasured);
    const buckets = Array.from({ length: 45 }, (_, index) => FIRST + index * 10);
    const closed = new Map<number, CellCounts[]>();
    while (buckets.length > 0) {
      // Mostly the next one, now and then one that was left out.
      const place = random() < 0.8 ? 0 : Math.floor(random() * Math.min(12, buckets.length));
      const bucket = buckets.splice(place, 1)[0] ?? FIRST;
      closed.set(bucket, randomCells(random, bucket));
      await publish(bucket, closed.get(bucket) ?? []);
      if (random() < 0.4) {
        // Late rows, or only late labels, somewhere in the past.
        const late = [...closed.keys()][Math.floor(random() * closed.size)] ?? bucket;
        const labels = randomCells(random, late).filter(({ metric }) => metric === 'task_success');
        const calls = (closed.get(late) ?? []).filter(({ metric }) => metric !== 'task_success');
        closed.set(late, random() < 0.5 ? [...calls, ...labels] : randomCells(random, late));
        await publish(late, closed.get(late) ?? []);
      }
      if (random() < 0.5) continue;
      await ledger.refresh(database, ...(random() < 0.5 ? [await readAhead(database, [ledger])] : []));
      if (random() < 0.4) expect(ledger.standing()).toEqual(await replayed());
    }
    await ledger.refresh(database);
    const standing = ledger.standing();
    expect(standing).toEqual(await replayed());
    expect(standing.evaluations.find(({ metric }) => metric === 'errors')?.candidate.n).toBeGreaterThan(20);
    const restarted = new RolloutLedger(rollout(), unmeasured);
    await restarted.refresh(database);
    expect(restarted.standing()).toEqual(standing);
  });

  test('folds only what is new, and after a late label only the metric that reads it', async () => {
    const random = uniform(9);
    const ledger = new RolloutLedger(rollout(), unmeasured);
    const cells = Array.from({ length: 40 }, (_, index) => randomCells(random, START + index * 10));
    for (const [index, counts] of cells.entries()) await publish(START + index * 10, counts);
    await ledger.refresh(database);
    expect(await ledger.refresh(database)).toBe(0);
    await publish(START + 400, randomCells(random, START + 400));
    const groups = await ledger.refresh(database);
    expect(groups).toBeLessThan(6);
    const relabelled = (cells[38] ?? []).map((cell) =>
      cell.metric === 'task_success' ? { ...cell, failures: 0, scoreSum: cell.n } : cell,
    );
    await publish(START + 380, relabelled);
    expect(await ledger.refresh(database)).toBeLessThanOrEqual(3);
    expect(ledger.standing()).toEqual(await replayed());
  });

  test('sees what another process published under an older revision than it has seen', async () => {
    const random = uniform(4);
    const ledger = new RolloutLedger(rollout(), unmeasured);
    await publish(START, randomCells(random, START));
    await publish(START + 20, randomCells(random, START + 20));
    await ledger.refresh(database);
    await publishBucket(database, {
      targetId,
      bucket: START + 10,
      revision: revision - 60_000,
      cells: randomCells(random, START + 10),
    });
    await ledger.refresh(database);
    expect(ledger.standing()).toEqual(await replayed());
  });

  test('waits for the counts of a bucket that two processes close at once', async () => {
    const random = uniform(5);
    const ledger = new RolloutLedger(rollout(), unmeasured);
    await publish(START, randomCells(random, START));
    await ledger.refresh(database);
    const before = ledger.standing();
    const counts = randomCells(random, START + 10);
    await publish(START + 10, counts);
    // The other process's counts are written, not yet published, and the engine has merged them over the first one's.
    await writeCells(database, { targetId, bucket: START + 10, revision: revision + 5, cells: counts });
    await database.command('OPTIMIZE TABLE cells FINAL');
    await ledger.refresh(database);
    expect(ledger.standing()).toEqual(before);
    revision += 4;
    await publish(START + 10, counts);
    await ledger.refresh(database);
    expect(ledger.standing()).toEqual(await replayed());
    expect(ledger.standing()).not.toEqual(before);
  });

  test('takes sessions as units where they were counted, unless the policy says generations', async () => {
    const [v1, v2] = [vectors.baseline, vectors.candidate];
    await publish(START, [
      { vectorId: v1, metric: 'errors', n: 100, failures: 30 },
      { vectorId: v2, metric: 'errors', n: 50, failures: 40 },
      { vectorId: v1, metric: 'errors', n: 60, failures: 3, progress: 1 },
      { vectorId: v2, metric: 'errors', n: 20, failures: 4, progress: 1 },
      { vectorId: v1, metric: 'compliance', n: 100, failures: 1 },
    ]);
    const errorsOf = async (unit: 'session' | 'generation') => {
      const ledger = new RolloutLedger({ ...rollout(), policy: rolloutPolicy({ unit }) }, unmeasured);
      await ledger.refresh(database);
      const { evaluations, strata, observed } = ledger.standing();
      const errors = evaluations.find(({ metric }) => metric === 'errors');
      const compliance = evaluations.find(({ metric }) => metric === 'compliance');
      return { errors, compliance: compliance?.baseline.n, strata, generations: observed.generations };
    };
    const traffic = {
      compliance: 100,
      generations: 150,
      strata: [{ stratum: '0-4k · model gpt-4o', baselineUnits: 100, candidateUnits: 50, baselineShare: 1 }],
    };
    expect(await errorsOf('session')).toMatchObject({
      errors: {
        candidate: { n: 20, failures: 4 },
        method: expect.stringContaining('a session counts until its first failure'),
      },
      ...traffic,
    });
    expect(await errorsOf('generation')).toMatchObject({ errors: { candidate: { n: 50, failures: 40 } }, ...traffic });
  });
});
