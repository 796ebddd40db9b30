import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../src/store/index.js';
import type { Batches } from './batches.js';
import type { LeewayProcess } from './leeway-process.js';
import { compareStored, type Stored } from './stored.js';

export interface SettleParts {
  readonly leeway: LeewayProcess;
  readonly batches: Batches;
  readonly acknowledged: ReadonlySet<number>;
  /** Opens the store when the service has ended. */
  readonly openStore: () => Promise<Database>;
}

export interface Settled {
  readonly stored: Stored;
  /** Segments that were set aside. */
  readonly poisoned: number;
  readonly notes: readonly string[];
}

interface ServiceStatus {
  readonly spool: { readonly segments: number; readonly poisoned: number };
}

const SETTLE_TIMEOUT_MS = 240_000;
const POLL_MS = 500;

/** Lets the service finish what it has taken, ends it, and compares its store with what it acknowledged. */
export async function settle({ leeway, batches, acknowledged, openStore }: SettleParts): Promise<Settled> {
  const { poisoned, notes } = await untilCounted(leeway, acknowledged.size * batches.spans);
  await leeway.end('SIGTERM');
  const database = await openStore();
  try {
    return { stored: await compareStored(database, batches, acknowledged), poisoned, notes };
  } finally {
    await database.close();
  }
}

/** Waits until the API counts as many calls as were acknowledged, and not for ever: what is missing then is reported. */
async function untilCounted(leeway: LeewayProcess, spans: number): Promise<{ poisoned: number; notes: string[] }> {
  const deadline = Date.now() + SETTLE_TIMEOUT_MS;
  let counted = 0;
  let status: ServiceStatus | null = null;
  while (Date.now() < deadline) {
    status = await leeway.get<ServiceStatus>('/api/v1/status').catch(() => null);
    counted = await countedByApi(leeway).catch(() => 0);
    if (status?.spool.segments === 0 && counted >= spans) return { poisoned: status.spool.poisoned, notes: [] };
    await sleep(POLL_MS);
  }
  const segments = status?.spool.segments ?? 'unknown';
  return {
    poisoned: status?.spool.poisoned ?? 0,
    notes: [`not settled after ${SETTLE_TIMEOUT_MS / 1000} s: ${counted} of ${spans} counted, ${segments} segments`],
  };
}

async function countedByApi(leeway: LeewayProcess): Promise<number> {
  const { targets } = await leeway.get<{ targets: { targetId: string }[] }>('/api/v1/targets');
  let sum = 0;
  for (const { targetId } of targets) {
    const path = `/api/v1/vectors?target=${targetId}&windowSeconds=7200`;
    const { vectors } = await leeway.get<{ vectors: { generations: number }[] }>(path);
    for (const { generations } of vectors) sum += generations;
  }
  return sum;
}
