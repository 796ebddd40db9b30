import { Spool } from '../../collectors/index.js';
import { EMPTY_BATCH, type RowBatch } from '../../collectors/row-batch.js';
import { systemClock } from '../../src/model/index.js';
import type { Database } from '../../src/store/index.js';
import { cleanUp } from './cleanup.js';
import { startEngine, temporaryDirectory } from './engine.js';

const FILLED_TABLES = `SELECT name FROM system.tables
  WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND total_rows > 0 AND name != 'schema_migrations'`;

export interface FilledStore {
  readonly database: Database;
  readonly spool: Spool;
  /** Takes rows in as the collector does; resolves once they can be read. */
  load(batch: Partial<RowBatch>): Promise<void>;
  /** Forgets everything: what looks at every target should not look at those of earlier tests again. */
  empty(): Promise<void>;
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
  const empty = async () => {
    const tables = await database.query<{ name: string }>(FILLED_TABLES);
    for (const { name } of tables) await database.command(`TRUNCATE TABLE ${name}`);
  };
  return { database, spool, load, empty };
}
