import { createReadStream, mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { errorMessage, LeewayError } from '../model/index.js';
import { columnList, type SegmentTable, structureOf } from './tables.js';

/** Values of a query's named parameters; `{name:Type}` in the SQL says how the engine reads them. */
export type QueryParameters = Readonly<Record<string, unknown>>;

/** A row of a control table, as JSON: times are numbers of milliseconds or ISO strings. */
export type JsonRow = Readonly<Record<string, unknown>>;

/** The one way to the engine, whether it runs in this process or behind HTTP. */
export interface Database {
  /** Rows of a SELECT, with 64-bit integers as numbers. */
  query<Row>(sql: string, parameters?: QueryParameters): Promise<Row[]>;
  /** A statement without a result. */
  command(sql: string, parameters?: QueryParameters): Promise<void>;
  /** A few rows; the spool's bulk goes through {@link loadSegment}. */
  insert(table: string, rows: readonly JsonRow[]): Promise<void>;
  /**
   * Loads a RowBinary file once: a second load under the same token changes nothing.
   * @param token 1 to 128 characters of `[A-Za-z0-9_.-]`
   */
  loadSegment(table: SegmentTable, path: string, token: string): Promise<void>;
  close(): Promise<void>;
}

type ClientConnection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>['connection']>;

const DATABASE_NAME = 'leeway';

/** Numbers come as JSON numbers (counts stay far below 2^53), JSON objects in inserts may leave out columns. */
const SETTINGS = {
  output_format_json_quote_64bit_integers: 0,
  date_time_input_format: 'best_effort',
  session_timezone: 'UTC',
} as const;

const TOKEN = /^[A-Za-z0-9_.-]{1,128}$/;

/**
 * Identical blocks of one INSERT … SELECT are deduplicated by the token only if the blocks come out the same each time:
 * one thread reads, one writes.
 */
function loadStatement(table: SegmentTable, source: string, token: string): string {
  if (!TOKEN.test(token)) throw new Error(`segment token ${JSON.stringify(token)} has characters that are not allowed`);
  return (
    `INSERT INTO ${table} (${columnList(table)}) SETTINGS insert_deduplication_token = '${token}', ` +
    `max_insert_threads = 1, max_threads = 1 ${source}`
  );
}

class ClientDatabase implements Database {
  readonly #client: ClickHouseClient;

  constructor(client: ClickHouseClient) {
    this.#client = client;
  }

  async query<Row>(sql: string, parameters: QueryParameters = {}): Promise<Row[]> {
    const result = await this.#client.query({ query: sql, query_params: { ...parameters }, format: 'JSONEachRow' });
    return result.json<Row>();
  }

  async command(sql: string, parameters: QueryParameters = {}): Promise<void> {
    await this.#client.command({ query: sql, query_params: { ...parameters } });
  }

  async insert(table: string, rows: readonly JsonRow[]): Promise<void> {
    if (rows.length === 0) return;
    await this.#client.insert({ table, values: [...rows], format: 'JSONEachRow' });
  }

  async loadSegment(table: SegmentTable, path: string, token: string): Promise<void> {
    await this.#client.exec({
      query: loadStatement(table, 'FORMAT RowBinary', token),
      values: createReadStream(path),
    });
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}

/** Binary bodies cannot pass through the embedded connection (it makes them strings): the engine reads the file itself. */
class EmbeddedDatabase extends ClientDatabase {
  override async loadSegment(table: SegmentTable, path: string, token: string): Promise<void> {
    const source = "SELECT * FROM file({path:String}, 'RowBinary', {structure:String})";
    await this.command(loadStatement(table, source, token), { path: resolve(path), structure: structureOf(table) });
  }
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
    const client = createClient({ connection, clickhouse_settings: SETTINGS });
    const database = new EmbeddedDatabase(client);
    await database.command(`CREATE DATABASE IF NOT EXISTS ${DATABASE_NAME}`);
    await database.command(`USE ${DATABASE_NAME}`);
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

/**
 * Connects to a ClickHouse server.
 * @param url `http(s)://user:password@host:8123/database`; the database is created if it does not exist
 */
export async function openServer(url: string): Promise<Database> {
  const parsed = new URL(url);
  const name = parsed.pathname.slice(1) || DATABASE_NAME;
  if (!/^\w+$/.test(name))
    throw new LeewayError(
      'LEEWAY_CONFIG_INVALID',
      `CLICKHOUSE_URL: database name ${JSON.stringify(name)} is not a word`,
    );
  parsed.pathname = '/';
  const bootstrap = createClient({ url: parsed });
  try {
    await bootstrap.command({ query: `CREATE DATABASE IF NOT EXISTS ${name}` });
  } catch (error) {
    throw new LeewayError('LEEWAY_STORE_UNAVAILABLE', `ClickHouse at ${parsed.host}: ${errorMessage(error)}`, {
      cause: error,
    });
  } finally {
    await bootstrap.close();
  }
  return new ClientDatabase(createClient({ url: parsed, database: name, clickhouse_settings: SETTINGS }));
}
