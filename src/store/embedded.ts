import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createClient } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { LeewayError } from '../model/index.js';
import { ClientDatabase, DATABASE_NAME, loadStatement, SETTINGS } from './client-database.js';
import type { Database } from './database.js';
import { letMergesYield } from './merge-threads.js';
import { columnList, ROW_KEYS, type SegmentTable, structureOf } from './tables.js';

type ClientConnection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>['connection']>;

/** Binary bodies cannot pass through the embedded connection (it makes them strings): the engine reads the file itself. */
class EmbeddedDatabase extends ClientDatabase {
  override async loadSegment(table: SegmentTable, path: string, token: string, wasInterrupted = false): Promise<void> {
    const parameters = { path: resolve(path), structure: structureOf(table) };
    await this.command(loadStatement(table, `SELECT * FROM ${SEGMENT_FILE}`, token), parameters);
    if (wasInterrupted) await this.command(loadMissingStatement(table), parameters);
  }
}

const SEGMENT_FILE = "file({path:String}, 'RowBinary', {structure:String})";

/** Once for the whole session: given with each statement, each setting would be a statement of its own before it. */
const SET_SETTINGS = `SET ${Object.entries(SETTINGS)
  .map(([name, value]) => `${name} = ${typeof value === 'number' ? value : `'${value}'`}`)
  .join(', ')}`;

/**
 * Loads the rows of a file that the table lacks, however often it runs. A table that is not replicated notes a token
 * before it makes the rows visible: what is killed between the two would be taken for loaded, and lost.
 */
function loadMissingStatement(table: SegmentTable): string {
  const [first, ...others] = ROW_KEYS[table];
  const key = [first, ...others].join(', ');
  return (
    `INSERT INTO ${table} (${columnList(table)}) SETTINGS insert_deduplicate = 0 ` +
    `SELECT * FROM ${SEGMENT_FILE} WHERE (${key}) NOT IN ` +
    `(SELECT ${key} FROM ${table} WHERE ${first} IN (SELECT ${first} FROM ${SEGMENT_FILE}))`
  );
}

/**
 * Opens the engine inside this process on `directory`.
 * @throws LeewayError LEEWAY_DATA_DIR_IN_USE when another process has it open
 */
export async function openEmbedded(directory: string): Promise<Database> {
  const path = resolve(directory);
  mkdirSync(path, { recursive: true });
  try {
    // The client bundles its own copy of the connection types; they differ from the engine's by a private field only.
    const connection = createChdbConnection({ path }) as unknown as ClientConnection;
    const database = new EmbeddedDatabase(createClient({ connection }));
    await database.command(`CREATE DATABASE IF NOT EXISTS ${DATABASE_NAME}`);
    await database.command(`USE ${DATABASE_NAME}`);
    await database.command(SET_SETTINGS);
    await letMergesYield(database);
    return database;
  } catch (error) {
    const holder = await holderOf(path);
    if (holder === null) throw error;
    throw new LeewayError(
      'LEEWAY_DATA_DIR_IN_USE',
      `${path} is in use by another process (${holder}). Stop that process, or set LEEWAY_DATA_DIR to another directory.`,
      { cause: error },
    );
  }
}

/** The engine's error does not say why it could not open; its lock file says who holds it. @returns a living pid, or null */
async function holderOf(path: string): Promise<number | null> {
  const status = await readFile(join(path, 'status'), 'utf8').catch(() => '');
  const pid = Number(/^PID: (\d+)/m.exec(status)?.[1] ?? Number.NaN);
  return Number.isInteger(pid) && pid !== process.pid && isAlive(pid) ? pid : null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
