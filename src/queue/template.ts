import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { runMigrations } from 'bullmq';
import { packageFile } from '../package-file.js';
import { PglitePool } from './pglite-pool.js';

/**
 * Setting up a PostgreSQL from nothing takes seconds of CPU, and it is the same each time: the build does it once and keeps
 * the files. Without them (run from source, never built) a start does it itself.
 */
export const QUEUE_TEMPLATE = packageFile('dist/queue-template.tar.gz');
const SCHEMA = 'bullmq';

/** Opens the database in `directory`; a new one begins as a copy of the template, where there is one. */
export async function openQueueDatabase(directory: string): Promise<PGlite> {
  const isNew = !existsSync(join(directory, 'PG_VERSION'));
  if (!isNew || !existsSync(QUEUE_TEMPLATE)) return PGlite.create(directory);
  return PGlite.create({ dataDir: directory, loadDataDir: new Blob([await readFile(QUEUE_TEMPLATE)]) });
}

/** Brings the schema of the jobs up to date, which is little work where it is. */
export async function migrateQueue(database: PGlite): Promise<PglitePool> {
  const pool = new PglitePool(database);
  await database.exec(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}; SET search_path TO ${SCHEMA}, public`);
  await runMigrations(await pool.connect(), SCHEMA);
  return pool;
}
