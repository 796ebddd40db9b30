import type { ClickHouseClient } from '@clickhouse/client';
import type { Database, JsonRow, QueryParameters } from './database.js';
import { columnList, type SegmentTable } from './tables.js';

export const DATABASE_NAME = 'leeway';

/** Numbers come as JSON numbers (counts stay far below 2^53), JSON objects in inserts may leave out columns. */
export const SETTINGS = {
  output_format_json_quote_64bit_integers: 0,
  date_time_input_format: 'best_effort',
  session_timezone: 'UTC',
} as const;

const TOKEN = /^[A-Za-z0-9_.-]{1,128}$/;

/**
 * Identical blocks of one INSERT are deduplicated by the token only if the blocks come out the same each time: one thread
 * reads, one writes. Generations have a revision by which readers take the newest, so that older ones are left to merges;
 * of other rows with the same key the last one of an insert counts, and only the engine knows which that is.
 * @param source where the rows come from: `SELECT …` or `FORMAT …`
 */
export function loadStatement(table: SegmentTable, source: string, token: string): string {
  if (!TOKEN.test(token)) throw new Error(`segment token ${JSON.stringify(token)} has characters that are not allowed`);
  const replacesOnInsert = table === 'generations' ? 0 : 1;
  return (
    `INSERT INTO ${table} (${columnList(table)}) SETTINGS insert_deduplication_token = '${token}', ` +
    `max_insert_threads = 1, max_threads = 1, max_partitions_per_insert_block = 0, ` +
    `optimize_on_insert = ${replacesOnInsert} ${source}`
  );
}

/** What the embedded engine and a server have in common; binary rows go to each in its own way. */
export abstract class ClientDatabase implements Database {
  protected readonly client: ClickHouseClient;

  constructor(client: ClickHouseClient) {
    this.client = client;
  }

  abstract loadSegment(table: SegmentTable, path: string, token: string, wasInterrupted?: boolean): Promise<void>;

  async query<Row>(sql: string, parameters: QueryParameters = {}): Promise<Row[]> {
    const result = await this.client.query({ query: sql, query_params: { ...parameters }, format: 'JSONEachRow' });
    return result.json<Row>();
  }

  async command(sql: string, parameters: QueryParameters = {}): Promise<void> {
    await this.client.command({ query: sql, query_params: { ...parameters } });
  }

  async insert(table: string, rows: readonly JsonRow[]): Promise<void> {
    if (rows.length === 0) return;
    await this.client.insert({ table, values: [...rows], format: 'JSONEachRow' });
  }

  async close(): Promise<void> {
    await this.client.close();
  }
}
