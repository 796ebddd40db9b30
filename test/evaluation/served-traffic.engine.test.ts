import { describe, expect, it } from 'vitest';
import { TRAFFIC_METRIC } from '../../detectors/index.js';
import { readAhead } from '../../src/evaluation/ledger/cell-source.js';
import { ServedTraffic } from '../../src/evaluation/served-traffic.js';
import { type ServedGenerations, servedGenerations } from '../../src/store/queries/cells.js';
import { type CellCounts, publishBucket, writeCells } from '../support/cells.js';
import { startEngine } from '../support/engine.js';
import { uniform } from '../support/uniform.js';

const database = await startEngine();
const START = 1_795_000_000;
const TARGETS = ['one', 'two', 'three'];
let revision = START * 1000;

const calls = (vectorId: string, n: number, arm = ''): CellCounts => ({
  metric: TRAFFIC_METRIC,
  vectorId,
  arm,
  n,
  failures: 0,
});

async function publish(targetId: string, bucket: number, cells: readonly CellCounts[]): Promise<void> {
  revision += 1;
  await publishBucket(database, { targetId, bucket, revision, cells });
}

async function straight(targetId: string, since: number) {
  return servedGenerations(database, { targetIds: [targetId], since, metric: TRAFFIC_METRIC });
}

/** In an order that both answers can be brought into. */
function sorted(counts: readonly ServedGenerations[] | undefined) {
  return [...(counts ?? [])].sort((a, b) => a.bucket - b.bucket || a.vectorId.localeCompare(b.vectorId));
}

describe('served traffic', () => {
  it('is what the published cells say, whatever is closed in whatever order, read ahead or not', async () => {
    const random = uniform(11);
    const traffic = new ServedTraffic(database);
    let from = START;
    for (let step = 0; step < 24; step++) {
      for (const targetId of TARGETS) {
        if (random() < 0.4) continue;
        const bucket = START + 10 * (step - Math.floor(random() * Math.min(step + 1, 6)));
        const vectors = ['v1', 'v2', 'v3'].filter(() => random() < 0.7);
        await publish(targetId, bucket, [
          ...vectors.map((vectorId) => calls(vectorId, 1 + Math.floor(random() * 50))),
          calls('v1', 5, 'shadow'),
          { metric: 'task_success', vectorId: 'v1', n: 3, failures: 1 },
        ]);
      }
      if (random() < 0.5) continue;
      // The window moves on, and now and then back, when a young vector turns up.
      from = random() < 0.2 ? START : from + 10;
      const since = new Map(TARGETS.map((targetId) => [targetId, from]));
      const ahead = random() < 0.7 ? [await readAhead(database, traffic.followers(since))] : [];
      const served = await traffic.of(since, ...ahead);
      for (const targetId of TARGETS)
        expect(sorted(served.get(targetId))).toEqual(sorted(await straight(targetId, from)));
    }
  });

  it('asks again for a bucket whose counts are not there yet', async () => {
    const traffic = new ServedTraffic(database);
    const since = new Map([['four', START]]);
    await publish('four', START, [calls('v1', 7)]);
    expect(sorted((await traffic.of(since)).get('four'))).toMatchObject([{ n: 7 }]);
    await publish('four', START + 10, [calls('v1', 9)]);
    // Another process counts the same bucket, and the engine merges its unpublished counts over the published ones.
    await writeCells(database, {
      targetId: 'four',
      bucket: START + 10,
      revision: revision + 1,
      cells: [calls('v1', 9)],
    });
    await database.command('OPTIMIZE TABLE cells FINAL');
    expect(sorted((await traffic.of(since)).get('four'))).toMatchObject([{ n: 7 }]);
    await publish('four', START + 10, [calls('v1', 9)]);
    expect(sorted((await traffic.of(since)).get('four'))).toMatchObject([{ n: 7 }, { n: 9 }]);
  });
});
