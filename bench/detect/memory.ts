import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Ledgers } from '../../src/evaluation/ledger/ledgers.js';
import { unmeasured } from '../../src/rollouts/rollout-fold.js';
import type { Database } from '../../src/store/index.js';
import { rolloutOf, type SynthesisedTarget, synthesise } from './world.js';

export interface HostMemory {
  readonly targets: number;
  readonly vectorsPerTarget: number;
  readonly bucketsPerTarget: number;
  /** JavaScript heap and typed arrays that the ledgers hold. */
  readonly ledgersMb: number;
  readonly kbPerTarget: number;
}

const BUCKETS = 90;
const SPANS_PER_BUCKET = 100;

/** What the host holds for so many targets with one running rollout and four vectors each. */
export async function measureMemory(database: Database, targets: number): Promise<HostMemory> {
  const ledgers = new Ledgers(database, unmeasured);
  const all: SynthesisedTarget[] = Array.from({ length: targets }, (_, index) => ({
    targetId: `memory-${index}`,
    buckets: BUCKETS,
    spansPerBucket: SPANS_PER_BUCKET,
    models: ['m1', 'm2'],
  }));
  for (const target of all) await synthesise(database, target);
  const before = heldBytes();
  for (const target of all) await ledgers.standing(rolloutOf(target));
  const bytes = heldBytes() - before;
  // Still in use here, so that nothing of it was collected before it was measured.
  await ledgers.standing(rolloutOf({ targetId: 'memory-0' }));
  return {
    targets,
    vectorsPerTarget: 4,
    bucketsPerTarget: BUCKETS,
    ledgersMb: bytes / 1024 ** 2,
    kbPerTarget: bytes / 1024 / targets,
  };
}

function heldBytes(): number {
  setFlagsFromString('--expose_gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
