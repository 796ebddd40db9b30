import { open } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { errorMessage, LeewayError } from '../model/index.js';
import { ClientDatabase, DATABASE_NAME, loadStatement, SETTINGS } from './client-database.js';
import type { Database, JsonRow, QueryParameters } from './database.js';
import type { SegmentTable } from './tables.js';

/** A statement without an answer after this time is given up; the evaluation's and the spool's can all be repeated. */
const STATEMENT_TIMEOUT_MS = 60_000;

const SERVER_SETTINGS = {
  ...SETTINGS,
  // An exception comes instead of an answer, with its code, never after half of it.
  wait_end_of_query: 1,
  // The default since 26.2: rows would be buffered with those of others, and tokens of deduplication disregarded.
  async_insert: 0,
  // The default since 26.2: a load that broke off between a table and its views reaches the views when it is repeated.
  deduplicate_blocks_in_dependent_materialized_views: 1,
} as const;

/** What is the same for every connection. Problems are thrown; the client's own log would print them with their values. */
const CONNECTION = {
  request_timeout: STATEMENT_TIMEOUT_MS,
  // Lists of ids outgrow what proxies allow in a URL.
  use_multipart_params_auto: true,
  log: { level: ClickHouseLogLevel.OFF },
} as const;

/** A server takes binary rows as the body of the request. */
class ServerDatabase extends ClientDatabase {
  readonly #host: string;

  constructor(host: string, client: ClickHouseClient) {
    super(client);
    this.#host = host;
  }

  override query<Row>(sql: string, parameters?: QueryParameters): Promise<Row[]> {
    return this.#reach(() => super.query<Row>(sql, parameters));
  }

  override command(sql: string, parameters?: QueryParameters): Promise<void> {
    return this.#reach(() => super.command(sql, parameters));
  }

  override insert(table: string, rows: readonly JsonRow[]): Promise<void> {
    return this.#reach(() => super.insert(table, rows));
  }

  override async loadSegment(table: SegmentTable, path: string, token: string): Promise<void> {
    const query = loadStatement(table, 'FORMAT RowBinary', token);
    // Opened first: a stream whose file is missing would fail outside of anybody's reach.
    const file = await open(path);
    const values = file.createReadStream();
    try {
      await this.#reach(async () => {
        const { stream } = await this.client.exec({ query, values });
        // The connection is free for others only when the (empty) answer was read to its end.
        await finished(stream.resume());
      });
    } finally {
      values.destroy();
    }
  }

  /** The server's own exceptions keep their code; all else means that it could not be reached or broke off. */
  async #reach<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ClickHouseError) throw error;
      throw new LeewayError('LEEWAY_STORE_UNAVAILABLE', `ClickHouse at ${this.#host}: ${errorMessage(error)}`, {
        cause: error,
      });
    }
  }
}

/**
 * Connects to a ClickHouse server.
 * @param url `http(s)://user:password@host:8123/database`; the database is created if it does not exist
 * @throws LeewayError LEEWAY_STORE_UNAVAILABLE when it does not answer or refuses
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
  const bootstrap = new ServerDatabase(parsed.host, createClient({ ...CONNECTION, url: parsed }));
  try {
    await ensureDatabase(bootstrap, name);
  } catch (error) {
    if (error instanceof LeewayError) throw error;
    throw new LeewayError('LEEWAY_STORE_UNAVAILABLE', `ClickHouse at ${parsed.host}: ${errorMessage(error)}`, {
      cause: error,
    });
  } finally {
    await bootstrap.close();
  }
  return new ServerDatabase(
    parsed.host,
    createClient({ ...CONNECTION, url: parsed, database: name, clickhouse_settings: SERVER_SETTINGS }),
  );
}

/** Asked for only when it is missing: a user that may use a database may often not create one. */
async function ensureDatabase(server: Database, name: string): Promise<void> {
  const present = await server.query('SELECT name FROM system.databases WHERE name = {name:String}', { name });
  if (present.length === 0) await server.command(`CREATE DATABASE IF NOT EXISTS ${name}`);
}
