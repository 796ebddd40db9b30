import { Spool } from '../../collectors/index.js';
import { EMPTY_BATCH, type RowBatch } from '../../collectors/row-batch.js';
import { systemClock } from '../../src/model/index.js';
import type { Database } from '../../src/store/index.js';
import { cleanUp } from './cleanup.js';
import { startEngine, temporaryDirectory } from './engine.js';

export interface FilledStore {
  readonly database: Database;
  readonly spool: Spool;
  /** Takes rows in as the collector does; resolves once they can be read. */
  load(batch: Partial<RowBatch>): Promise<void>;
}

/** The real engine behind a real spool, both ended after the test file. A spool that complains fails the run. */
export async function startStore(): Promise<FilledStore> {
  const database = await startEngine();
  const spool = await Spool.start(database, {
    directory: temporaryDirectory(),
    maxBytes: 1e9,
    fsync: 'never',
    clock: systemClock,
    log: (line) => {
      throw new Error(line);
    },
  });
  cleanUp(() => spool.stop());
  const load = async (batch: Partial<RowBatch>) => {
    await spool.append({ ...EMPTY_BATCH, ...batch });
    await spool.drained();
  };
  return { database, spool, load };
}
